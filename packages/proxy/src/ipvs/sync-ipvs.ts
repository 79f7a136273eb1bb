import type { IpAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { IpSet, IpSetChange, IpSetEntry } from "@kubenetsim/netfilter/ruleset/ip-set";
import type { Chain, Ruleset, Table } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { builtinsWithJumps } from "../iptables/static-jumps.ts";
import type { Problem } from "../log/problem.ts";
import { changedServices } from "../snapshot/changed-services.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import { type Difference, SortedMap } from "../snapshot/sorted-map.ts";
import { compileIpvsService } from "./compile-service.ts";
import { glueFilterChains, glueNatChains } from "./glue-rules.ts";
import { gatherHairpins, type Hairpins, hairpinChange, hairpinSet, hairpinsOf, updateHairpins } from "./hairpins.ts";
import type { IpvsBlock } from "./ipvs-block.ts";
import { type IpvsContext, ipvsContext } from "./ipvs-context.ts";
import { ipvsJumps } from "./ipvs-jumps.ts";
import { kernelSetName, type SetName, setCatalog, setNames } from "./set-catalog.ts";
import { ipvsSysctls } from "./sysctls.ts";

/** What one family's kube-proxy in ipvs mode has put into the kernel. */
export interface IpvsProgram {
  readonly snapshot: ProxySnapshot;
  /** Service by Service; of two alike the later one stands. Unchanged ones keep their identity from sync to sync. */
  readonly virtualServers: readonly VirtualServer[];
  /**
   * Those that this sync sets when all others, addresses, rules and the sets but for `changedSet` are what they were; else
   * all of them.
   */
  readonly changedServers: readonly VirtualServer[] | "all";
  /** Two Services want one virtual server. */
  readonly hasTwins: boolean;
  /** All sets, empty ones too, in the order in which they are made. */
  readonly ipSets: readonly IpSet[];
  /** What it could not write, as it logs that. */
  readonly problems: readonly Problem[];
  /** KUBE-LOOP-BACK, where it is all of the sets that is not what it was. */
  readonly changedSet: IpSetChange | undefined;
  readonly hairpins: Hairpins;
  /** On kube-ipvs0, sorted as text. */
  readonly dummyAddresses: readonly IpAddress[];
  readonly ruleset: Ruleset;
  /** By path below /proc/sys. */
  readonly sysctls: ReadonlyMap<string, number>;
  /** What each Service adds, by `namespace/name`. */
  readonly blocks: SortedMap<IpvsBlock>;
}

/** What a kube-proxy that starts with this snapshot puts into a fresh kernel. */
export function compileIpvs(snapshot: ProxySnapshot): IpvsProgram {
  return syncIpvs(undefined, snapshot);
}

/**
 * One run of syncProxyRules (pkg/proxy/ipvs/proxier.go). What Services add is made anew only for those that changed; where
 * only their real servers and hairpins did, as with one endpoint, the sync costs no more than these. Else sets, addresses and glue rules
 * are gathered from all Services. Services come sorted by `namespace/name` and port name, real servers in the order of
 * their text; kube-proxy takes both in the order of Go maps.
 *
 * @throws UnsupportedError when the configured mode is not ipvs
 */
export function syncIpvs(previous: IpvsProgram | undefined, snapshot: ProxySnapshot): IpvsProgram {
  const { basis } = snapshot;
  if (basis.config.mode !== "ipvs") throw new UnsupportedError(`proxy mode "${basis.config.mode}"`, "compileIpvs");
  const context = contextOf(basis);
  if (previous?.snapshot.basis !== basis) {
    const blocks = snapshot.services.map((service) => [service.key, compileIpvsService(service, context)] as const);
    return gatherProgram(snapshot, SortedMap.from(blocks), context);
  }
  const changes: Difference<IpvsBlock>[] = [];
  for (const { key, after } of changedServices(previous.snapshot, snapshot)) {
    changes.push({ key, before: previous.blocks.get(key), after: after && compileIpvsService(after, context) });
  }
  const blocks = previous.blocks.with(new Map(changes.map(({ key, after }) => [key, after])));
  const hairpins = updateHairpins(previous.hairpins, changes);
  const sameRules = (hairpins.size === 0) === (previous.hairpins.size === 0);
  const isLocal = !previous.hasTwins && sameRules && changes.every(onlyEndpointsDiffer);
  return isLocal
    ? changedProgram(previous, snapshot, { blocks, hairpins }, changes)
    : gatherProgram(snapshot, blocks, context);
}

function gatherProgram(snapshot: ProxySnapshot, blocks: SortedMap<IpvsBlock>, context: IpvsContext): IpvsProgram {
  const all = blocks.values();
  const dummyAddresses = [...new Set(all.flatMap((block) => block.boundAddresses))].sort();
  const hairpins = gatherHairpins(blocks);
  const ipSets = gatherSets(all, hairpins, dummyAddresses, context);
  const virtualServers = gatherServers(all);
  const written = all.reduce((count, block) => count + block.virtualServers.length, 0);
  return {
    snapshot,
    virtualServers,
    changedServers: "all",
    hasTwins: virtualServers.length < written,
    ipSets,
    problems: all.flatMap((block) => block.refused),
    changedSet: undefined,
    hairpins,
    dummyAddresses,
    ruleset: glueRuleset(all, ipSets, context),
    sysctls: ipvsSysctls(snapshot.basis.config),
    blocks,
  };
}

/** The program with other real servers in some virtual servers, and other hairpins. */
function changedProgram(
  previous: IpvsProgram,
  snapshot: ProxySnapshot,
  { blocks, hairpins }: Pick<IpvsProgram, "blocks" | "hairpins">,
  changes: readonly Difference<IpvsBlock>[],
): IpvsProgram {
  const { hasTwins, problems, dummyAddresses, ruleset, sysctls } = previous;
  const [before, ...others] = previous.ipSets;
  const isSame = hairpins === previous.hairpins;
  const after = isSame ? before! : hairpinSet(hairpins, snapshot.basis.family);
  let virtualServers: readonly VirtualServer[] | undefined;
  return {
    snapshot,
    get virtualServers() {
      virtualServers ??= gatherServers(blocks.values());
      return virtualServers;
    },
    changedServers: changes.flatMap(({ after }) => after?.virtualServers ?? []),
    hasTwins,
    ipSets: [after, ...others],
    changedSet: isSame
      ? undefined
      : hairpinChange({ set: before!, hairpins: previous.hairpins }, { set: after, hairpins }, changes),
    hairpins,
    problems,
    dummyAddresses,
    ruleset,
    sysctls,
    blocks,
  };
}

/** Does a Service come to the same virtual servers, set entries, addresses and rules, but for real servers and hairpins? */
function onlyEndpointsDiffer({ before, after }: Difference<IpvsBlock>): boolean {
  return before !== undefined && after !== undefined && lessEndpoints(before) === lessEndpoints(after);
}

function lessEndpoints(block: IpvsBlock): string {
  const entries = block.entries.filter((one) => one.entries !== hairpinsOf(block));
  return JSON.stringify({ ...block, entries }, (key, value) => (key === "realServers" ? undefined : value));
}

/** Computed once per node and configuration. */
const contexts = new WeakMap<ProxyBasis, IpvsContext>();

function contextOf(basis: ProxyBasis): IpvsContext {
  const known = contexts.get(basis);
  if (known !== undefined) return known;
  const context = ipvsContext(basis);
  contexts.set(basis, context);
  return context;
}

function gatherServers(blocks: Iterable<IpvsBlock>): VirtualServer[] {
  const servers = new Map<string, VirtualServer>();
  for (const block of blocks) {
    for (const server of block.virtualServers) {
      servers.set(`${server.address} ${server.port} ${server.protocol}`, server);
    }
  }
  return [...servers.values()];
}

function gatherSets(
  blocks: Iterable<IpvsBlock>,
  hairpins: Hairpins,
  dummyAddresses: readonly IpAddress[],
  { family }: IpvsContext,
): IpSet[] {
  const bySet = new Map<SetName, Map<string, IpSetEntry>>(setNames.map((name) => [name, new Map()]));
  for (const block of blocks) {
    for (const { set, entries } of block.entries) {
      const known = bySet.get(set)!;
      for (const entry of entries) if (!known.has(entry.text)) known.set(entry.text, entry);
    }
  }
  const bound = bySet.get("KUBE-IPVS-IPS")!;
  for (const text of dummyAddresses) bound.set(text, { text, origin: undefined });
  return setNames.map((name) => {
    if (name === "KUBE-LOOP-BACK") return hairpinSet(hairpins, family);
    const entries = [...bySet.get(name)!.values()];
    return { name: kernelSetName(name, family), type: setCatalog[name].type, family, entries };
  });
}

function glueRuleset(blocks: Iterable<IpvsBlock>, ipSets: readonly IpSet[], context: IpvsContext): Ruleset {
  const all = [...blocks];
  const wanted = new Set(all.flatMap(({ refused }) => refused.filter((one) => !one.isLeftOut).map(({ set }) => set)));
  const isEmpty = (set: SetName): boolean => ipSets[setNames.indexOf(set)]!.entries.length === 0 && !wanted.has(set);
  const outFilter = all.flatMap((block) => block.outFilter);
  const input = { context, isEmpty, outFilter };
  const table = (name: "nat" | "filter", chains: readonly Chain[]): Table => {
    const all = [...builtinsWithJumps(name, ipvsJumps), ...chains];
    return { name, chains: new Map(all.map((chain) => [chain.name, chain])) };
  };
  const tables = [table("nat", glueNatChains(input)), table("filter", glueFilterChains(input))];
  return { family: context.family, tables: new Map(tables.map((one) => [one.name, one])) };
}
