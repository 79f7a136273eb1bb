import type { IpAddress } from "@kubenetsim/core/net/address";
import type { DnsMessage } from "../message/dns-message.ts";
import type { Rcode } from "../message/rcode.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { Exchange } from "../plugins/plugin.ts";
import type { QueryLog } from "./query-log.ts";
import type { ResolvConf } from "./resolv-conf.ts";

/** Whether the second query waits for the first one's answer, and whether it gets a socket of its own. */
interface SingleRequest {
  single: boolean;
  reopen: boolean;
}

/** What is asked for, and how; `mode` may change on the way. */
export interface Lookup {
  readonly types: readonly RecordType[];
  readonly conf: ResolvConf;
  readonly log: QueryLog;
  readonly mode: SingleRequest;
  /** The servers in the order in which the next name is sent to them: with `rotate` another one begins each time. */
  readonly servers: () => readonly IpAddress[];
}

/** Of a process: a random server begins, and the next one with every name that is sent (nameserver_offset). */
export function serversInTurn({ nameservers, flags }: ResolvConf, log: QueryLog): () => readonly IpAddress[] {
  if (!flags.has("rotate")) return () => nameservers;
  let first = log.draw(nameservers.length);
  return () => {
    const order = [...nameservers.slice(first), ...nameservers.slice(0, first)];
    first = (first + 1) % nameservers.length;
    return order;
  };
}

/** How sending to all servers went. */
export type Sent =
  | { readonly kind: "answered"; readonly replies: readonly DnsMessage[] }
  | { readonly kind: "failed"; readonly noServer: boolean; readonly lastRcode: Rcode | undefined };

/** How going to one server went; `next` goes to the next one. */
type Tried =
  | { readonly kind: "answered"; readonly replies: readonly DnsMessage[] }
  | { readonly kind: "truncated" }
  | { readonly kind: "next"; readonly wasReached: boolean; readonly rcode?: Rcode | undefined };

/**
 * Server by server, as often as `attempts` says (resolv/res_send.c, __res_context_send). A truncated answer is asked for
 * again over TCP; once TCP is used, each server is tried once.
 */
export function sendToServers(name: DnsName, { types, conf, log, mode, servers }: Lookup): Sent {
  const order = servers();
  const messages = types.map((type) => log.message(name, type));
  const sockets = new Sockets(log);
  let overTcp = conf.flags.has("use-vc");
  let wasReached = false;
  let lastRcode: Rcode | undefined;
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (const [place, server] of order.entries()) {
      let tried: Tried = overTcp
        ? askOverTcp(server, messages, conf, log)
        : askOverUdp({ server, messages, wait: waitMs(conf, place), mode, log, sockets });
      if (tried.kind === "truncated") {
        overTcp = true;
        wasReached = true;
        tried = askOverTcp(server, messages, conf, log);
      }
      if (overTcp) attempt = conf.attempts;
      if (tried.kind === "answered") return tried;
      if (tried.kind === "next") {
        wasReached ||= tried.wasReached;
        lastRcode = tried.rcode ?? lastRcode;
        if (!tried.wasReached || tried.rcode !== undefined) sockets.close();
      }
    }
  }
  return { kind: "failed", noServer: !wasReached && !overTcp, lastRcode };
}

/** Later servers get more time: the timeout doubles and is shared among them. */
function waitMs({ timeoutMs, nameservers }: ResolvConf, place: number): number {
  const seconds = (timeoutMs / 1000) * 2 ** place;
  return Math.max(1, Math.floor(place > 0 ? seconds / nameservers.length : seconds)) * 1000;
}

/** A socket for each server, which is used again after a timeout: the port stays the same, and with it the way through kube-proxy. */
class Sockets {
  readonly #log: QueryLog;
  readonly #numbers = new Map<IpAddress, number>();

  constructor(log: QueryLog) {
    this.#log = log;
  }

  to(server: IpAddress): number {
    const known = this.#numbers.get(server);
    if (known !== undefined) return known;
    const number = this.#log.openSocket();
    this.#numbers.set(server, number);
    return number;
  }

  /** After answers that are none, and at the end (__res_iclose). */
  close(): void {
    this.#numbers.clear();
  }
}

/** One server's turn. */
interface Turn {
  readonly server: IpAddress;
  readonly messages: readonly DnsMessage[];
  readonly wait: number;
  readonly mode: SingleRequest;
  readonly log: QueryLog;
  readonly sockets: Sockets;
}

/**
 * Both queries at once from one socket (send_dg). Where only one is answered, glibc takes the server for a broken one and asks
 * again one after the other, and then from two sockets; it goes on like that for the rest of the look-up.
 */
function askOverUdp(turn: Turn): Tried {
  const { mode, sockets } = turn;
  for (;;) {
    const outcomes = sendDatagrams(turn);
    const tried = judge(outcomes) ?? (mode.reopen ? { kind: "answered", replies: repliesOf(outcomes) } : undefined);
    if (tried !== undefined) return tried;
    if (mode.single) {
      mode.reopen = true;
      sockets.close();
    } else mode.single = true;
  }
}

function repliesOf(outcomes: readonly Exchange[]): DnsMessage[] {
  return outcomes.flatMap((outcome) => (outcome.kind === "answered" ? outcome.message : []));
}

function sendDatagrams({ server, messages, wait, mode: { single, reopen }, log, sockets }: Turn): Exchange[] {
  const outcomes: Exchange[] = [];
  let longest = 0;
  for (const [index, message] of messages.entries()) {
    if (index > 0 && reopen) sockets.close();
    const outcome = log.ask({ server, transport: "udp", socket: sockets.to(server), message }, wait);
    outcomes.push(outcome);
    if (single || reopen) {
      log.nowMs += outcome.tookMs;
      if (outcome.kind !== "answered" || isRejection(outcome.message) || outcome.message.flags.tc) break;
    } else longest = Math.max(longest, outcome.tookMs);
  }
  log.nowMs += longest;
  return outcomes;
}

/** What the answers of one server mean, in their order. Undefined where one is there and one is missing. */
function judge(outcomes: readonly Exchange[]): Tried | undefined {
  const replies: DnsMessage[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === "refused") return { kind: "next", wasReached: false };
    if (outcome.kind !== "answered") continue;
    const { message } = outcome;
    if (isRejection(message)) {
      return replies.length > 0
        ? { kind: "answered", replies }
        : { kind: "next", wasReached: true, rcode: message.rcode };
    }
    if (message.flags.tc) return { kind: "truncated" };
    replies.push(message);
  }
  if (replies.length === outcomes.length) return { kind: "answered", replies };
  return replies.length === 0 ? { kind: "next", wasReached: true } : undefined;
}

/** Answers after which glibc asks the next server: refusals, and empty ones of servers that know nothing of the zone. */
function isRejection({ rcode, flags, answers, additionals, edns }: DnsMessage): boolean {
  if (rcode === "SERVFAIL" || rcode === "NOTIMP" || rcode === "REFUSED") return true;
  const isEmpty = answers.length === 0 && additionals.length === 0 && edns === undefined;
  return rcode === "NOERROR" && isEmpty && !flags.aa && !flags.ra;
}

/** Both queries over one connection (send_vc). */
function askOverTcp(server: IpAddress, messages: readonly DnsMessage[], conf: ResolvConf, log: QueryLog): Tried {
  const socket = log.openSocket();
  const replies: DnsMessage[] = [];
  for (const message of messages) {
    const outcome = log.ask({ server, transport: "tcp", socket, message }, conf.timeoutMs);
    log.nowMs += outcome.tookMs;
    if (outcome.kind !== "answered") return { kind: "next", wasReached: true };
    replies.push(outcome.message);
  }
  return { kind: "answered", replies };
}
