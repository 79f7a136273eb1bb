import type { IpAddress } from "../net/address.ts";
import type { Origin } from "./origin.ts";
import type { PacketHeader } from "./packet-header.ts";

export type HookName = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";

/** What one part of a host did with the packet. What became of the packet in the end is the `Disposition`. */
export type Step =
  | ConntrackStep
  | ChainStep
  | RuleStep
  | SetLookupStep
  | NumgenStep
  | NatStep
  | MarkStep
  | IpvsStep
  | RouteStep
  | SocketStep
  | RelayStep
  | BalanceStep;

export interface ConntrackStep {
  readonly kind: "conntrack";
  readonly state: "NEW" | "ESTABLISHED" | "RELATED" | "INVALID" | "UNTRACKED";
  readonly direction: "original" | "reply";
}

/**
 * A chain was walked: how many of its own rules were compared, and which verdict it gave. `table` is iptables' (`nat`), or
 * nft's with its family (`ip kube-proxy`).
 */
export interface ChainStep {
  readonly kind: "chain";
  readonly hook: HookName;
  readonly table: string;
  readonly chain: string;
  readonly rulesCompared: number;
  readonly verdict: string;
}

/** A rule matched. `text` is its iptables-save line, or the rule as `nft list` prints it. */
export interface RuleStep {
  readonly kind: "rule";
  readonly hook: HookName;
  readonly table: string;
  readonly chain: string;
  /** Position in the chain, from 1, as `iptables -L --line-numbers` counts. */
  readonly ruleNumber: number;
  /** How many rules the chain has. */
  readonly chainLength: number;
  readonly text: string;
  /**
   * What comes after `-j` or `-g`; undefined for a rule that only counts. Of an nft rule the chain that it goes on to, also
   * where a map says which, or what it does in iptables' words: `DNAT`, `MASQUERADE`, `REJECT`, `DROP`, `ACCEPT`, `RETURN`.
   */
  readonly target: string | undefined;
  readonly origin: Origin | undefined;
}

/** A look-up in an ipset, or in a set or map of nft that has a name. */
export interface SetLookupStep {
  readonly kind: "set-lookup";
  /** Of nft: `ip kube-proxy`. */
  readonly table?: string;
  readonly set: string;
  readonly entry: string;
  readonly hit: boolean;
  /** What the entry that was found leads to, of a verdict map: `goto service-…`. */
  readonly verdict?: string;
  /** Of the entry that was found. */
  readonly origin?: Origin;
}

/** `numgen`, `jhash`: one of `modulus` numbers was chosen, from 0 on or from the rule's offset. */
export interface NumgenStep {
  readonly kind: "numgen";
  readonly mode: "random" | "inc" | "jhash";
  readonly modulus: number;
  readonly number: number;
}

export interface NatStep {
  readonly kind: "dnat" | "snat";
  /** `rule` for a first packet, `conntrack` for what an existing entry rewrites, `ipvs` for the director. */
  readonly by: "rule" | "conntrack" | "ipvs";
  readonly before: PacketHeader;
  readonly after: PacketHeader;
}

export interface MarkStep {
  readonly kind: "mark";
  readonly before: number;
  readonly after: number;
}

export interface IpvsStep {
  readonly kind: "ipvs";
  readonly virtualServer: string;
  readonly scheduler: string;
  /** Undefined when there was none to choose. */
  readonly realServer: string | undefined;
  /** How it was found: scheduled anew, by the connection table, or by a persistence template. */
  readonly by: "scheduler" | "connection" | "persistence";
  readonly origin: Origin | undefined;
}

export interface RouteStep {
  readonly kind: "route";
  /** `local`, `forward` or `none`. */
  readonly decision: "local" | "forward" | "none";
  readonly device: string | undefined;
  readonly via: string | undefined;
}

export interface SocketStep {
  readonly kind: "socket";
  readonly port: number;
  readonly listening: boolean;
  /** Who listens or who was asked: `pod default/web-0 container app`. */
  readonly process: string;
}

/** A process that has accepted a connection opens one of its own to pass it on, or finds nobody to pass it on to. */
export interface RelayStep {
  readonly kind: "relay";
  /** Who passes it on: `kube-proxy`. */
  readonly process: string;
  /** kube-proxy's name of the Service port: `default/web:http`. */
  readonly servicePort: string;
  /** Whom it dials: `10.244.1.5:8080`; undefined when there is nobody. */
  readonly endpoint: string | undefined;
  /** `known client` for a UDP client whose datagrams go where its last one went. */
  readonly by: "round robin" | "random" | "affinity" | "known client" | "nobody" | "load balancer";
  /** Which of the endpoints it is, from 1, in the order in which they take turns; undefined where turns did not decide. */
  readonly position: number | undefined;
  readonly endpoints: number;
  /** From 1: each attempt that fails is followed by another, to the endpoint whose turn it is then. */
  readonly attempt: number;
  /** How long it waits for an answer, in milliseconds. */
  readonly dialTimeoutMs: number;
}

/** A load balancer takes a packet and hands it on, or throws it away. */
export interface BalanceStep {
  readonly kind: "balance";
  /** Its name: `shop/web`. */
  readonly balancer: string;
  /**
   * `forward`: to a target. `accept`: it opens a connection of its own. `answer`: an answer gets its address again. The others end
   * the packet: nothing listens there, its security list does not allow the source, or no target is healthy.
   */
  readonly decision: "forward" | "accept" | "answer" | "no-listener" | "source-refused" | "no-target";
  /** `TCP 80`; undefined where nothing listens, and for an answer. */
  readonly listener: string | undefined;
  /** `vip`, `nat` or `proxy`: how it hands connections on. */
  readonly mode: "vip" | "nat" | "proxy";
  /** What chose the target: `five-tuple`, `maglev`, `source-address`, `round-robin`, `random`. */
  readonly algorithm: string | undefined;
  /** `n1 192.168.10.11:30080`; undefined where none was chosen. */
  readonly target: string | undefined;
  readonly healthyTargets: number;
  readonly targets: number;
  /** What it says of the client's connection before all else on its own; undefined unless it speaks the PROXY protocol. */
  readonly proxyHeader: ProxyHeader | undefined;
  /** The targets that get nothing, and why. */
  readonly skipped: readonly { readonly target: string; readonly reason: string }[];
  readonly origin: Origin | undefined;
}

/** A header of the PROXY protocol: both ends of the connection that a proxy has accepted. */
export interface ProxyHeader {
  readonly version: "v1" | "v2";
  readonly source: IpAddress;
  readonly sourcePort: number;
  readonly destination: IpAddress;
  readonly destinationPort: number;
}
