import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { RealServer, VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";

/** A chain as a kernel held it when a packet passed. */
export interface NamedChain {
  readonly table: string;
  readonly chain: string;
  readonly rules: readonly Rule[];
}

/** What the numbers that one kernel wrote on a tape stand for. It does not change when the kernel's rules do. */
export interface KernelNames {
  chain(v6: boolean, id: number): NamedChain;
  set(id: number): string;
  /** Undefined once IPVS has forgotten it. */
  virtualServer(index: number): VirtualServer | undefined;
  realServer(id: number): RealServer | undefined;
}
