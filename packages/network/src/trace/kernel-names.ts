import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import type { IpSetType } from "@kubenetsim/netfilter/ruleset/ip-set";
import type { NftChain, NftDataType, NftElement, NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { RealServer, VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";

/** A chain as a kernel held it when a packet passed. */
export interface NamedChain {
  readonly table: string;
  readonly chain: string;
  readonly rules: readonly Rule[];
}

/** The same of nft. */
export interface NamedNftChain {
  readonly family: NftFamily;
  /** `ip kube-proxy` */
  readonly table: string;
  readonly chain: string;
  readonly rules: NftChain["rules"];
}

/** A set or map of nft; no types once it is gone. */
export interface NamedNftSet {
  readonly table: string;
  readonly set: string;
  readonly types: readonly NftDataType[] | undefined;
}

/** What the numbers stand for that one host's kernel wrote on a tape. */
export interface KernelNames {
  chain(id: number): NamedChain;
  nftChain(id: number): NamedNftChain;
  nftSet(id: number): NamedNftSet;
  /** The element that a key's words belong to, as the set has it now; undefined where no transaction added it. */
  nftElement(set: number, words: ArrayLike<number>): NftElement | undefined;
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
    ...nftNames(kernel, kernel.nftNames.chainAt),
    chain: (id) => {
      const { table, chain } = kernel.chainName(id);
      return { table, chain, rules: kernel.chainAt(id)?.rules ?? [] };
    },
    setName: (id) => kernel.setName(id),
    setType: (id) => kernel.sets().find(({ name }) => name === kernel.setName(id))?.type,
    virtualServer: (index) => director?.virtualServerAt(index),
    realServer: (index) => director?.realServerAt(index),
  };
}

/** The part of nft, with chains from elsewhere: from `kernel.nftChainsNow()` they stay what they are at that time. */
export function nftNames(
  kernel: Kernel,
  chainAt: (id: number) => NftChain | undefined,
): Pick<KernelNames, "nftChain" | "nftSet" | "nftElement"> {
  const names = kernel.nftNames;
  return {
    nftChain: (id) => {
      const { family, table, name } = names.chainName(id);
      return { family, table: `${family} ${table}`, chain: name, rules: chainAt(id)?.rules ?? [] };
    },
    nftSet: (id) => {
      const { family, table, name } = names.setName(id);
      return { table: `${family} ${table}`, set: name, types: names.setTypes(id) };
    },
    nftElement: (set, words) => names.elementAt(set, words),
  };
}
