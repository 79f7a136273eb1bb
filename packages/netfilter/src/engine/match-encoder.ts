import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { IpvsMatch, Match, NthMatch, PortRange, RecentMatch, SetMatch, StatisticMatch } from "../ruleset/match.ts";
import { addrtypeNumbers } from "./address-book.ts";
import { dnatStateBit, lastOp, opCode, snatStateBit } from "./code-layout.ts";

/** Gives numbers to what matches name, so that the code holds no strings. */
export interface MatchNames {
  setId(name: string): number;
  recentId(match: RecentMatch): number;
  accountId(name: string): number;
  ipvsId(match: IpvsMatch): number;
  nthId(match: NthMatch): number;
}

export const transportNumbers = { tcp: 6, udp: 17, sctp: 132 } as const;

/** Appends the operations of a rule's matches; false when there is none (comments alone, or nothing). */
export function encodeMatches(
  code: number[],
  matches: readonly Match[],
  inCascade: boolean,
  names: MatchNames,
): boolean {
  invariant(matches.length < 128, "a rule has fewer than 128 matches");
  let last = -1;
  for (const [index, match] of matches.entries()) {
    if (match.kind === "comment") continue;
    last = code.length;
    code.push(0, ...operation(match, inCascade, names));
    code[last] = opKind(match, inCascade) | ((index + 1) << 8) | ((code.length - last) << 16);
  }
  if (last < 0) return false;
  code[last]! |= lastOp;
  return true;
}

function opKind(match: Match, inCascade: boolean): number {
  switch (match.kind) {
    case "tcp":
    case "udp":
    case "sctp":
      return isPlainPort(match.sourcePort, match.destinationPort) ? opCode.destinationPort : opCode.transport;
    case "statistic":
      return inCascade ? opCode.cascade : opCode[match.mode];
    case "state":
      return opCode.conntrack;
    case "comment":
      return 0;
    default:
      return opCode[match.kind];
  }
}

/** The arguments of a match's operation, as `code-layout.ts` lists them. */
function operation(match: Match, inCascade: boolean, names: MatchNames): number[] {
  switch (match.kind) {
    case "tcp":
    case "udp":
    case "sctp": {
      const protocol = transportNumbers[match.kind];
      const { sourcePort, destinationPort } = match;
      if (isPlainPort(sourcePort, destinationPort)) return [(protocol << 16) | destinationPort!.from];
      const negations = (sourcePort?.negated ? 1 : 0) | (destinationPort?.negated ? 2 : 0);
      return [protocol, range(sourcePort), range(destinationPort), negations];
    }
    case "addrtype":
      return [addrtype(match.source), addrtype(match.destination)];
    case "conntrack":
    case "state":
      return [match.states.reduce((bits, state) => bits | stateBits[state], 0), Number(match.negated)];
    case "mark":
      return [match.value | 0, match.mask | 0, Number(match.negated)];
    case "statistic":
      return statistic(match, inCascade, names);
    case "recent":
      return [names.recentId(match)];
    case "set":
      return [names.setId(match.set), directions(match), Number(match.negated)];
    case "nfacct":
      return [names.accountId(match.name)];
    case "physdev":
      return [Number(match.negated)];
    case "ipvs":
      return [names.ipvsId(match)];
    case "comment":
      return [];
    default:
      return match satisfies never;
  }
}

const stateBits = {
  UNTRACKED: 1,
  NEW: 2,
  ESTABLISHED: 4,
  RELATED: 8,
  INVALID: 16,
  SNAT: snatStateBit,
  DNAT: dnatStateBit,
} as const;

/** `--dport N` and nothing else: the one that kube-proxy writes by the thousand. */
export function isPlainPort(source: PortRange | undefined, destination: PortRange | undefined): boolean {
  return (
    source === undefined && destination !== undefined && destination.from === destination.to && !destination.negated
  );
}

function range(ports: PortRange | undefined): number {
  return ports === undefined ? 0xffff : (ports.from << 16) | ports.to;
}

function addrtype(side: { negated: boolean; type: keyof typeof addrtypeNumbers } | undefined): number {
  return side === undefined ? -1 : addrtypeNumbers[side.type] | (side.negated ? 256 : 0);
}

function statistic(match: StatisticMatch, inCascade: boolean, names: MatchNames): number[] {
  if (match.mode === "nth") return [match.every, names.nthId(match), Number(match.negated)];
  if (inCascade) return [match.probability31];
  return [match.probability31 >>> 16, match.probability31 & 0xffff, Number(match.negated)];
}

function directions(match: SetMatch): number {
  return match.directions.reduce((bits, side, index) => bits | ((side === "src" ? 1 : 2) << (2 * index)), 0);
}
