import { formatAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { ConntrackEntry, ConntrackTuple } from "../engine/conntrack-entries.ts";
import { tcpState } from "../engine/tcp-tracking.ts";

/** As libnetfilter_conntrack names them, by number. */
const protocols: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp" };

const tcpNames: readonly string[] = [
  "NONE",
  "SYN_SENT",
  "SYN_RECV",
  "ESTABLISHED",
  "FIN_WAIT",
  "CLOSE_WAIT",
  "LAST_ACK",
  "TIME_WAIT",
  "CLOSE",
  "SYN_SENT2",
];

/**
 * The state that `conntrack -L` shows of a TCP connection; "" for other protocols. One that was answered is established: the
 * client's ACK, which makes it that, is not walked.
 */
export function conntrackState({ protocol, tcpState: state, isAnswered }: ConntrackEntry): string {
  if (protocol !== 6) return "";
  return tcpNames[state === tcpState.synReceived && isAnswered ? tcpState.established : state]!;
}

/**
 * The lines of `conntrack -L` (conntrack-tools 1.4.7), with `-o extended` the family before each.
 *
 * @throws UnsupportedError for protocols of which more is tracked than is modelled
 */
export function printConntrackList(entries: readonly ConntrackEntry[], isExtended = false): string {
  return entries.map((entry) => `${isExtended ? familyText(entry) : ""}${entryLine(entry)}\n`).join("");
}

function familyText({ original }: ConntrackEntry): string {
  return original.source.length === 1 ? "ipv4     2 " : "ipv6     10 ";
}

function entryLine(entry: ConntrackEntry): string {
  const { protocol, original, reply, isAnswered, expiresInMs } = entry;
  const name = protocols[protocol];
  if (name === undefined) {
    throw new UnsupportedError(`conntrack -L of protocol ${protocol}`, "tcp and udp are; choose one with -p");
  }
  const state = conntrackState(entry);
  return [
    name.padEnd(8),
    protocol,
    Math.floor(expiresInMs / 1000),
    ...(state === "" ? [] : [state]),
    tupleText(original),
    ...(isAnswered ? [] : ["[UNREPLIED]"]),
    tupleText(reply),
    ...(isAssured(entry) ? ["[ASSURED]"] : []),
    "mark=0 use=1",
  ].join(" ");
}

/** A UDP flow counts as a stream from its first answer on. */
function isAssured({ protocol, isAnswered, tcpState: state }: ConntrackEntry): boolean {
  return isAnswered && (protocol !== 6 || (state !== tcpState.synSent && state !== tcpState.synSent2));
}

function tupleText({ source, destination, sourcePort, destinationPort }: ConntrackTuple): string {
  return `src=${formatAddress(source)} dst=${formatAddress(destination)} sport=${sourcePort} dport=${destinationPort}`;
}
