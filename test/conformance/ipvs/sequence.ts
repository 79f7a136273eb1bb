/** What is done to a kernel's IPVS. */
export interface SequencePlan {
  readonly id: string;
  readonly scheduler: string;
  readonly flags: readonly string[];
  readonly proto: "tcp" | "udp";
  readonly vip: string;
  readonly vport: number;
  readonly persistent?: number;
  /** IPv4: dotted; IPv6: a prefix length. */
  readonly netmask?: string;
  readonly fwmark?: number;
  readonly fwnet?: string;
  readonly sysctls?: Readonly<Record<string, number>>;
  /** Seconds for tcp, tcpfin, udp; 0 leaves the default. */
  readonly timeouts?: readonly [number, number, number];
  readonly backends: readonly Backend[];
  readonly events: readonly SequenceEvent[];
}

/** One line of `ipvs-schedulers/*.jsonl`: what was done, and what the kernel did. */
export interface Sequence extends SequencePlan {
  readonly picks: readonly (string | null)[];
  readonly states: readonly SequenceState[];
}

export interface Backend {
  readonly ip: string;
  readonly port: number;
  readonly weight: number;
  readonly uthresh?: number;
  readonly lthresh?: number;
}

export interface Open {
  readonly src: string;
  readonly sport: number;
  readonly dst?: string;
  readonly dport?: number;
}

/** What is set of a virtual server that is there. */
export interface Edit {
  readonly scheduler: string;
  readonly flags?: readonly string[];
  /** Seconds, 0 for no persistence; what the sequence says where it is not given. */
  readonly persistent?: number;
  /** Goes with `persistent`. */
  readonly netmask?: string;
}

export interface SequenceEvent {
  readonly open?: Open;
  /** The n-th open is closed from the client's side. */
  readonly close?: number;
  readonly reset?: number;
  readonly add?: Backend;
  readonly remove?: { readonly ip: string; readonly port: number };
  readonly setWeight?: Backend;
  readonly setScheduler?: Edit;
  readonly setSysctls?: Readonly<Record<string, number>>;
  readonly setTimeouts?: readonly [number, number, number];
  /** Seconds. */
  readonly wait?: number;
}

/** Real server, weight, ActiveConn, InActConn, in the kernel's order. */
export type SequenceState = readonly (readonly [string, number, number, number])[];
