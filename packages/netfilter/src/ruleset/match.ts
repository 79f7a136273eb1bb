import type { AddressWords } from "@kubenetsim/core/net/address";

/** Something that `!` may stand before. */
export interface Negatable {
  readonly negated: boolean;
}

/** An inclusive range of ports; one port has `from === to`. */
export interface PortRange extends Negatable {
  readonly from: number;
  readonly to: number;
}

/** `-m NAME …`: one condition of a rule. A match that is not here is an `UnsupportedError`. */
export type Match =
  | CommentMatch
  | TransportMatch
  | AddrtypeMatch
  | ConntrackMatch
  | MarkMatch
  | StatisticMatch
  | RecentMatch
  | SetMatch
  | NfacctMatch
  | PhysdevMatch
  | IpvsMatch;

export interface CommentMatch {
  readonly kind: "comment";
  readonly text: string;
}

/** `-m tcp`, `-m udp`, `-m sctp`, with their ports. */
export interface TransportMatch {
  readonly kind: "tcp" | "udp" | "sctp";
  readonly sourcePort: PortRange | undefined;
  readonly destinationPort: PortRange | undefined;
}

export type AddrtypeName = "UNSPEC" | "UNICAST" | "LOCAL" | "BROADCAST" | "ANYCAST" | "MULTICAST";

export interface AddrtypeMatch {
  readonly kind: "addrtype";
  readonly source: (Negatable & { readonly type: AddrtypeName }) | undefined;
  readonly destination: (Negatable & { readonly type: AddrtypeName }) | undefined;
}

export type ConntrackStateName = "INVALID" | "NEW" | "RELATED" | "ESTABLISHED" | "UNTRACKED" | "SNAT" | "DNAT";

/** `-m conntrack --ctstate`, or by its older name `-m state --state`, which knows no SNAT and DNAT. */
export interface ConntrackMatch extends Negatable {
  readonly kind: "conntrack" | "state";
  readonly states: readonly ConntrackStateName[];
}

/** `--mark value/mask`. */
export interface MarkMatch extends Negatable {
  readonly kind: "mark";
  readonly value: number;
  readonly mask: number;
}

export type StatisticMatch = RandomMatch | NthMatch;

/** `probability31` is what the kernel keeps: round(p · 2^31). */
export interface RandomMatch extends Negatable {
  readonly kind: "statistic";
  readonly mode: "random";
  readonly probability31: number;
}

/** Every `every`th packet that comes to it, beginning with number `packet`, counted from 0; 0 ≤ packet < every ≤ 2^32 − 1. */
export interface NthMatch extends Negatable {
  readonly kind: "statistic";
  readonly mode: "nth";
  readonly every: number;
  readonly packet: number;
}

export interface RecentMatch extends Negatable {
  readonly kind: "recent";
  readonly action: "set" | "rcheck" | "update" | "remove";
  readonly name: string;
  readonly seconds: number | undefined;
  readonly hitcount: number | undefined;
  readonly reap: boolean;
  readonly side: "rsource" | "rdest";
  /** All ones unless `--mask` says otherwise. */
  readonly mask: AddressWords;
}

/** `--match-set NAME src,dst,…`. */
export interface SetMatch extends Negatable {
  readonly kind: "set";
  readonly set: string;
  readonly directions: readonly ("src" | "dst")[];
}

export interface NfacctMatch {
  readonly kind: "nfacct";
  readonly name: string;
}

/** Only `--physdev-is-in`, which kube-proxy writes. */
export interface PhysdevMatch extends Negatable {
  readonly kind: "physdev";
  readonly option: "physdev-is-in";
}

export interface IpvsMatch {
  readonly kind: "ipvs";
  readonly vaddr: AddressWords | undefined;
  readonly vproto: number | undefined;
  readonly vport: number | undefined;
}
