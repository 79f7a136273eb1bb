import type { IpAddress } from "@kubenetsim/core/net/address";
import { fullyQualified, isFullyQualified } from "../message/dns-name.ts";
import type { Rcode } from "../message/rcode.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import { addressesOf } from "./answer-addresses.ts";
import { type Lookup, sendToServers, serversInTurn } from "./glibc-send.ts";
import { isGlibcHostName } from "./host-name.ts";
import type { QueryLog } from "./query-log.ts";
import type { LookupError } from "./resolution.ts";
import type { ResolvConf } from "./resolv-conf.ts";

/** What a search has found. */
export type Found =
  | { readonly kind: "found"; readonly name: DnsName; readonly addresses: readonly IpAddress[] }
  | { readonly kind: "failed"; readonly error: LookupError };

/** Names of netdb.h, with what getaddrinfo makes of them. */
const lookupErrors = {
  HOST_NOT_FOUND: "EAI_NONAME",
  NO_DATA: "EAI_NODATA",
  TRY_AGAIN: "EAI_AGAIN",
  NO_RECOVERY: "EAI_FAIL",
} as const satisfies Record<string, LookupError>;

/** A name of 255 bytes, as a text with its dot at the end. No query can be written for a longer one. */
const longestName = 254;

type HostError = keyof typeof lookupErrors;

/** How asking for one full name went. */
type Asked =
  | { readonly kind: "found"; readonly addresses: readonly IpAddress[] }
  | {
      readonly kind: "failed";
      readonly error: HostError;
      /** No server was reached at all. */
      readonly noServer?: boolean;
      /** Servers that answered said only that they had failed. */
      readonly serverFailure?: boolean;
    };

/**
 * How glibc searches (resolv/res_query.c, __res_context_search). A name with enough dots is tried as it is first; then with
 * each domain of the search list; then as it is, if that was not tried. NODATA and SERVFAIL do not end the search.
 */
export function searchAsGlibc(name: string, types: readonly RecordType[], conf: ResolvConf, log: QueryLog): Found {
  if (!isGlibcHostName(name)) return { kind: "failed", error: "EAI_NONAME" };
  const single = conf.flags.has("single-request");
  const reopen = conf.flags.has("single-request-reopen");
  const lookup: Lookup = { types, conf, log, mode: { single, reopen }, servers: serversInTurn(conf, log) };
  const ask = (full: string): Asked => {
    if (full.length > longestName) return { kind: "failed", error: "NO_RECOVERY" };
    return askServers(full, lookup);
  };
  const found = (full: string, asked: Asked & { kind: "found" }): Found => ({
    kind: "found",
    name: full,
    addresses: asked.addresses,
  });
  const failed = (error: HostError): Found => ({ kind: "failed", error: lookupErrors[error] });
  const dots = name.split(".").length - 1;
  const asIs = fullyQualified(name);

  let firstError: HostError | undefined;
  if (dots >= conf.ndots || isFullyQualified(name)) {
    const asked = ask(asIs);
    if (asked.kind === "found") return found(asIs, asked);
    if (isFullyQualified(name)) return failed(asked.error);
    firstError = asked.error;
  }

  let gotNoData = false;
  let gotServerFailure = false;
  let lastError: HostError = "HOST_NOT_FOUND";
  let isRootSearched = false;
  for (const domain of conf.search) {
    const bare = domain.replace(/^\./, "");
    isRootSearched ||= bare === "";
    const full = bare === "" ? asIs : `${name}.${bare}${isFullyQualified(bare) ? "" : "."}`;
    const asked = ask(full);
    if (asked.kind === "found") return found(full, asked);
    if (asked.noServer === true) return failed("TRY_AGAIN");
    lastError = asked.error;
    gotNoData ||= asked.error === "NO_DATA";
    if (asked.error === "TRY_AGAIN" && asked.serverFailure === true) gotServerFailure = true;
    else if (asked.error !== "NO_DATA" && asked.error !== "HOST_NOT_FOUND") break;
  }

  const mayBeTopLevel = dots > 0 || conf.search.length === 0 || !conf.flags.has("no-tld-query");
  if (mayBeTopLevel && firstError === undefined && !isRootSearched) {
    const asked = ask(asIs);
    if (asked.kind === "found") return found(asIs, asked);
    lastError = asked.error;
  }
  if (firstError !== undefined) return failed(firstError);
  if (gotNoData) return failed("NO_DATA");
  return failed(gotServerFailure ? "TRY_AGAIN" : lastError);
}

/** How glibc takes what the servers said (__res_context_query). */
function askServers(name: DnsName, lookup: Lookup): Asked {
  const sent = sendToServers(name, lookup);
  if (sent.kind === "failed") {
    return {
      kind: "failed",
      error: "TRY_AGAIN",
      noServer: sent.noServer,
      serverFailure: sent.lastRcode === "SERVFAIL",
    };
  }
  const addresses = sent.replies.flatMap(addressesOf);
  if (sent.replies.some(({ rcode, answers }) => rcode === "NOERROR" && answers.length > 0)) {
    return addresses.length > 0 ? { kind: "found", addresses } : { kind: "failed", error: "NO_DATA" };
  }
  const rcode = sent.replies.find((reply) => reply.rcode !== "NOERROR")?.rcode ?? "NOERROR";
  return { kind: "failed", error: errorOf(rcode) };
}

function errorOf(rcode: Rcode): HostError {
  if (rcode === "NXDOMAIN") return "HOST_NOT_FOUND";
  if (rcode === "SERVFAIL") return "TRY_AGAIN";
  return rcode === "NOERROR" ? "NO_DATA" : "NO_RECOVERY";
}
