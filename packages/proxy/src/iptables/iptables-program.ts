import type { Chain, RestoreInput, Ruleset, Table } from "@kubenetsim/netfilter/ruleset/ruleset";
import { nodePortAddresses } from "../config/node-port-addresses.ts";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import type { SortedMap } from "../snapshot/sorted-map.ts";
import { chain } from "./masquerade-rules.ts";
import type { ServiceBlock } from "./service-block.ts";
import type { SharedRules } from "./shared-rules.ts";
import { builtinsWithJumps, iptablesJumps } from "./static-jumps.ts";
import { type FixedChains, filterChains, natChains } from "./top-level-chains.ts";

/** What one family's kube-proxy in iptables mode has written after a sync, and what it needs to know for the next one. */
export interface IptablesProgram {
  readonly snapshot: ProxySnapshot;
  /** A full sync also makes sure of the jumps from the built-in chains. */
  readonly sync: "full" | "partial";
  /**
   * What this sync feeds to `iptables-restore --noflush`: the common chains, and the chains of changed Services; made when
   * first read.
   */
  readonly input: RestoreInput;
  /** Above 1000 endpoints: no comments per endpoint, no hourly full syncs, stale chains are kept for a while. */
  readonly largeCluster: boolean;
  /** What each Service adds, by `namespace/name`. */
  readonly blocks: SortedMap<ServiceBlock>;
  /** The blocks whose own chains this sync writes: all of them, or those that changed. */
  readonly written: ReadonlySet<ServiceBlock> | "all";
  readonly shared: SharedRules;
  readonly fixed: FixedChains;
  /** The chains that this sync deletes. */
  readonly deleted: readonly string[];
  /** What kube-proxy set when it started, by path below /proc/sys. */
  readonly sysctls: ReadonlyMap<string, number>;
  /** Chains in the kernel that nothing uses any more. */
  readonly stale: readonly Chain[];
  /** When it last wrote everything, and when it last deleted what was stale: milliseconds of the node's clock. */
  readonly lastFullSync: number;
  readonly lastCleanUp: number;
  /** All rules in the kernel after this sync, with the jumps and canary chains; made when first read. */
  readonly ruleset: Ruleset;
}

export type ProgramParts = Omit<IptablesProgram, "input" | "ruleset">;

export function iptablesProgram(parts: ProgramParts): IptablesProgram {
  let input: RestoreInput | undefined;
  let ruleset: Ruleset | undefined;
  return {
    ...parts,
    get input() {
      input ??= restoreInput(parts);
      return input;
    },
    get ruleset() {
      ruleset ??= wholeRuleset(parts);
      return ruleset;
    },
  };
}

/**
 * Would kube-proxy write the same on all nodes of one zone that run it with this configuration? Not where a Service asks which
 * endpoints are local or a rule names the node's own addresses.
 */
export function isSameOnOtherNodes({ snapshot: { basis, nodeSpecificCount } }: IptablesProgram): boolean {
  const { config, node, family } = basis;
  const namesNode = config.detectLocalMode === "NodeCIDR" || !nodePortAddresses(config, node, family).matchAll;
  return nodeSpecificCount === 0 && !namesNode;
}

/** The program of another node on which it is the same: it shares the rules. */
export function programOnNode(program: IptablesProgram, snapshot: ProxySnapshot): IptablesProgram {
  const { sync, largeCluster, blocks, written, shared, fixed } = program;
  const { deleted, sysctls, stale, lastFullSync, lastCleanUp } = program;
  const rules = { largeCluster, blocks, written, shared, fixed };
  return iptablesProgram({ snapshot, sync, ...rules, deleted, sysctls, stale, lastFullSync, lastCleanUp });
}

/**
 * What stays when `iptables-restore` refuses the input of a sync: the rules of the sync before, and what kube-proxy noted
 * before it wrote. Its next sync must be a full one.
 */
export function afterRefusedRestore(
  written: IptablesProgram,
  { largeCluster, lastCleanUp }: IptablesProgram,
): IptablesProgram {
  return iptablesProgram({ ...written, largeCluster, lastCleanUp });
}

function restoreInput({ snapshot, blocks, written, shared, fixed, deleted }: ProgramParts): RestoreInput {
  const nat = natChains(shared, fixed);
  for (const block of written === "all" ? blocks.values() : written) for (const one of block.chains) nat.push(one);
  return {
    family: snapshot.basis.family,
    tables: [
      { name: "filter", chains: filterChains(shared, fixed), deleted: [] },
      { name: "nat", chains: nat, deleted },
    ],
  };
}

function wholeRuleset({ snapshot, blocks, shared, fixed, stale }: ProgramParts): Ruleset {
  const nat = table("nat");
  const filter = table("filter");
  for (const one of natChains(shared, fixed)) nat.set(one.name, one);
  for (const one of filterChains(shared, fixed)) filter.set(one.name, one);
  for (const block of blocks.values()) for (const one of block.chains) nat.set(one.name, one);
  for (const one of stale) nat.set(one.name, one);
  const tables: Table[] = [
    { name: "mangle", chains: table("mangle") },
    { name: "nat", chains: nat },
    { name: "filter", chains: filter },
  ];
  return { family: snapshot.basis.family, tables: new Map(tables.map((one) => [one.name, one])) };
}

/** A table as a full sync finds or makes it: built-in chains with the jumps, the canary, and the jumps' targets. */
function table(name: "mangle" | "nat" | "filter"): Map<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const one of builtinsWithJumps(name, iptablesJumps)) chains.set(one.name, one);
  for (const target of ["KUBE-PROXY-CANARY", ...jumpTargets(name)]) chains.set(target, chain(target, []));
  return chains;
}

function jumpTargets(name: string): string[] {
  return iptablesJumps.filter((one) => one.table === name).map((one) => one.to);
}
