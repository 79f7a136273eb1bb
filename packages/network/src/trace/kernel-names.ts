import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import type { IpSetType } from "@kubenetsim/netfilter/ruleset/ip-set";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { RealServer, VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";

/** A chain as a kernel held it when a packet passed. */
export interface NamedChain {
  readonly table: string;
  readonly chain: string;
  readonly rules: readonly Rule[];
}

/** What the numbers stand for that one host's kernel wrote on a tape. */
export interface KernelNames {
  chain(id: number): NamedChain;
  setName(id: number): string;
  /** Undefined once the set is gone. */
  setType(id: number): IpSetType | undefined;
  /** Undefined once IPVS has forgotten it. */
  virtualServer(index: number): VirtualServer | undefined;
  realServer(index: number): RealServer | undefined;
}

/**
 * Names as the kernel has them when they are asked for. A trace that is read after the rules have changed needs names that
 * stay: give `chain` from the rulesets that were loaded.
 */
export function liveNames(kernel: Kernel, director?: IpvsDirector): KernelNames {
  return {
    chain: (id) => {
      const { table, chain } = kernel.chainName(id);
      return { table, chain, rules: kernel.chainAt(id)?.rules ?? [] };
    },
    setName: (id) => kernel.setName(id),
    setType: (id) => kernel.setAt(id)?.type,
    virtualServer: (index) => director?.virtualServerAt(index),
    realServer: (index) => director?.realServerAt(index),
  };
}
