import type { DnsMessage } from "../message/dns-message.ts";
import { isFullyQualified } from "../message/dns-name.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import { addressesOf } from "./answer-addresses.ts";
import type { Found } from "./glibc.ts";
import { muslName } from "./host-name.ts";
import type { QueryLog } from "./query-log.ts";
import type { ResolvConf } from "./resolv-conf.ts";

/**
 * How musl searches (src/network/lookup_name.c, name_from_dns_search): names with enough dots are never searched for, and
 * whatever is not NXDOMAIN ends the search.
 */
export function searchAsMusl(name: string, types: readonly RecordType[], conf: ResolvConf, log: QueryLog): Found {
  const bare = isFullyQualified(name) ? name.slice(0, -1) : name;
  if (bare === "" || bare.endsWith(".")) return { kind: "failed", error: "EAI_NONAME" };
  const dots = name.split(".").length - 1;
  const search = dots >= conf.ndots || isFullyQualified(name) ? [] : conf.search;
  for (const domain of search) {
    const found = askFor(`${bare}.${domain.replace(/\.$/, "")}`, types, conf, log);
    if (found !== undefined) return found;
  }
  return askFor(bare, types, conf, log) ?? { kind: "failed", error: "EAI_NONAME" };
}

/** Undefined where there is no such name, and for what cannot be asked for. */
function askFor(text: string, types: readonly RecordType[], conf: ResolvConf, log: QueryLog): Found | undefined {
  const name = muslName(text);
  return name === undefined ? undefined : askServers(name, types, conf, log);
}

/** Undefined where there is no such name (name_from_dns). */
function askServers(name: DnsName, types: readonly RecordType[], conf: ResolvConf, log: QueryLog): Found | undefined {
  const replies = sendToAll(name, types, conf, log);
  for (const reply of replies) {
    if (reply === undefined || reply.rcode === "SERVFAIL") return { kind: "failed", error: "EAI_AGAIN" };
    if (reply.rcode === "NXDOMAIN") return undefined;
    if (reply.rcode !== "NOERROR") return { kind: "failed", error: "EAI_FAIL" };
  }
  const addresses = replies.flatMap((reply) => (reply === undefined ? [] : addressesOf(reply)));
  return addresses.length > 0 ? { kind: "found", name, addresses } : { kind: "failed", error: "EAI_NODATA" };
}

/**
 * All queries to all servers at once, again after each part of the timeout that `attempts` make, until every query has an
 * answer (src/network/res_msend.c). Answers other than NOERROR and NXDOMAIN are not taken; a SERVFAIL is asked again at once, twice
 * for each query and part. A port that nobody listens on is not noticed: the socket is not connected.
 */
function sendToAll(
  name: DnsName,
  types: readonly RecordType[],
  conf: ResolvConf,
  log: QueryLog,
): (DnsMessage | undefined)[] {
  const messages = types.map((type) => log.message(name, type));
  const replies: (DnsMessage | undefined)[] = messages.map(() => undefined);
  const socket = log.openSocket();
  const partMs = Math.floor(conf.timeoutMs / conf.attempts);
  for (let part = 0; part < conf.attempts && replies.includes(undefined); part++) {
    const startMs = log.nowMs;
    let retries = 2 * messages.length;
    let answeredMs = 0;
    for (const [index, message] of messages.entries()) {
      if (replies[index] !== undefined) continue;
      for (const server of conf.nameservers) {
        let outcome = log.ask({ server, transport: "udp", socket, message }, partMs);
        let tookMs = outcome.tookMs;
        while (outcome.kind === "answered" && outcome.message.rcode === "SERVFAIL" && retries > 0) {
          retries--;
          log.nowMs = startMs + tookMs;
          outcome = log.ask({ server, transport: "udp", socket, message }, partMs - tookMs);
          tookMs += outcome.tookMs;
          log.nowMs = startMs;
        }
        if (replies[index] !== undefined || outcome.kind !== "answered") continue;
        if (outcome.message.rcode !== "NOERROR" && outcome.message.rcode !== "NXDOMAIN") continue;
        answeredMs = Math.max(answeredMs, tookMs);
        replies[index] = outcome.message.flags.tc
          ? overTcp(server, outcome.message, message, conf, log)
          : outcome.message;
      }
    }
    log.nowMs = startMs + (replies.includes(undefined) ? partMs : answeredMs);
  }
  return replies;
}

/** A truncated answer is asked for again over a connection of its own; where that fails, it has to do (since musl 1.2.4). */
function overTcp(
  server: ResolvConf["nameservers"][number],
  truncated: DnsMessage,
  message: DnsMessage,
  conf: ResolvConf,
  log: QueryLog,
): DnsMessage {
  const outcome = log.ask({ server, transport: "tcp", socket: log.openSocket(), message }, conf.timeoutMs);
  return outcome.kind === "answered" ? outcome.message : truncated;
}
