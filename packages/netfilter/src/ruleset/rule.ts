import type { Cidr } from "@kubenetsim/core/net/cidr";
import type { Origin } from "@kubenetsim/core/trace/origin";
import type { Match, Negatable } from "./match.ts";
import type { Target } from "./target.ts";

/**
 * One iptables rule as data. The address part (`-s -d -i -o -p`) is what the kernel compares first; the matches follow in
 * the order in which they were written. Both texts, `iptables-save`'s and the words that kube-proxy feeds to
 * iptables-restore, are printed from it.
 *
 * Every field is always there, so that all rules share one shape (a packet may be held against very many of them).
 */
export interface Rule {
  readonly source: AddressCondition | undefined;
  readonly destination: AddressCondition | undefined;
  readonly inDevice: DeviceCondition | undefined;
  readonly outDevice: DeviceCondition | undefined;
  readonly protocol: ProtocolCondition | undefined;
  readonly matches: readonly Match[];
  /** Undefined for a rule that only counts. */
  readonly target: Target | undefined;
  readonly counters: Counters | undefined;
  /** Who asked for it; undefined for rules read from text. */
  readonly origin: Origin | undefined;
  /** The line of the text that it was read from, counted from 1. */
  readonly line: number | undefined;
}

export interface AddressCondition extends Negatable, Cidr {
  /** It was written as a net even if it is one address: kube-proxy gives its length then. */
  readonly asNet?: true;
}

/** A device name; a `+` at its end stands for any rest. */
export interface DeviceCondition extends Negatable {
  readonly name: string;
}

/** IANA number; 0 stands for `all`. */
export interface ProtocolCondition extends Negatable {
  readonly number: number;
}

export interface Counters {
  readonly packets: number;
  readonly bytes: number;
}

const noMatches: readonly Match[] = [];

/** A rule from the parts that it has. (Field by field: a spread would cost several times as much, and there are very many.) */
export function rule(parts: Partial<Rule>): Rule {
  return {
    source: parts.source,
    destination: parts.destination,
    inDevice: parts.inDevice,
    outDevice: parts.outDevice,
    protocol: parts.protocol,
    matches: parts.matches ?? noMatches,
    target: parts.target,
    counters: parts.counters,
    origin: parts.origin,
    line: parts.line,
  };
}
