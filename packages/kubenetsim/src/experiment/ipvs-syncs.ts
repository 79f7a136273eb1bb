import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { ipvsJumps } from "@kubenetsim/proxy/ipvs/ipvs-jumps";
import { printIpvsRestoreInput } from "@kubenetsim/proxy/ipvs/print-restore-input";
import { type IpvsProgram, syncIpvs } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { Measured } from "./measures.ts";
import { objectsOfRuleset } from "./objects-of-ruleset.ts";

/**
 * Two syncs in ipvs mode. kube-proxy (syncProxyRules of pkg/proxy/ipvs/proxier.go) asks the kernel for all that it has at each of them, and writes what
 * differs: `ipset` runs for each set and each entry, IPVS and addresses are called by netlink, and all rules go through iptables-restore.
 */
export function ipvsSyncs(before: ProxySnapshot, after: ProxySnapshot): Measured {
  const full = syncIpvs(undefined, before);
  const partial = syncIpvs(full, after);
  const kernels = [kernelOf(undefined), kernelOf(full), kernelOf(partial)] as const;
  const first = differenceOf(kernels[0], kernels[1]);
  const second = differenceOf(kernels[1], kernels[2]);
  const { servers, realServers, entries, addresses } = kernels[1];
  return {
    objects:
      servers.size +
      realServers.size +
      entries.size +
      addresses.size +
      full.ipSets.length +
      objectsOfRuleset(full.ruleset),
    objectsTouched: Object.values(second).reduce((sum, { added, removed }) => sum + added.size + removed.size, 0),
    bytesFull: printIpvsRestoreInput(full).length,
    bytesIncremental: printIpvsRestoreInput(partial).length,
    programRunsFull: programRuns(full, first) + ipvsJumps.length,
    programRunsIncremental: programRuns(partial, second),
    netlinkCallsFull: netlinkCalls(full, first),
    netlinkCallsIncremental: netlinkCalls(partial, second),
  };
}

/** What differs from one sync to the next, by its text. */
interface KernelParts<T> {
  readonly servers: T;
  readonly realServers: T;
  /** Of ipsets. */
  readonly entries: T;
  /** On kube-ipvs0. */
  readonly addresses: T;
}

function kernelOf(program: IpvsProgram | undefined): KernelParts<ReadonlySet<string>> {
  const { virtualServers = [], ipSets = [], dummyAddresses = [] } = program ?? {};
  return {
    servers: new Set(virtualServers.map(nameOf)),
    realServers: new Set(
      virtualServers.flatMap((server) =>
        server.realServers.map(({ address, port, weight }) => `${nameOf(server)} ${address} ${port} ${weight}`),
      ),
    ),
    entries: new Set(ipSets.flatMap(({ name, entries }) => entries.map(({ text }) => `${name} ${text}`))),
    addresses: new Set(dummyAddresses),
  };
}

function nameOf({ protocol, address, port, scheduler }: VirtualServer): string {
  return `${protocol} ${address} ${port} ${scheduler}`;
}

interface Difference {
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

function differenceOf(
  before: KernelParts<ReadonlySet<string>>,
  after: KernelParts<ReadonlySet<string>>,
): KernelParts<Difference> {
  const of = (part: keyof KernelParts<unknown>): Difference => ({
    added: new Set([...after[part]].filter((text) => !before[part].has(text))),
    removed: new Set([...before[part]].filter((text) => !after[part].has(text))),
  });
  return { servers: of("servers"), realServers: of("realServers"), entries: of("entries"), addresses: of("addresses") };
}

/**
 * `iptables -N` of each of 11 chains (proxier.go:1514) and `-C` of each of 9 jumps (1527; `-I` where it is not there); of each of 17 sets `ipset create` (718) and `list`
 * (ipset.go:152), `del` and `add` of entries (167, 177); `iptables-restore` (1188). So 64 and one for each entry; and 55 and one for each that comes or goes.
 */
function programRuns({ ruleset, ipSets }: IpvsProgram, { entries }: KernelParts<Difference>): number {
  const chains = [...ruleset.tables.values()].flatMap((table) => [...table.chains.values()]);
  const own = chains.filter(({ policy }) => policy === undefined).length;
  return own + ipvsJumps.length + 2 * ipSets.length + entries.added.size + entries.removed.size + 1;
}

/**
 * Calls of kube-proxy's handles, each of which is a question or an order to the kernel: the dummy device, its addresses and the node's others; each virtual server
 * twice and its real servers, all virtual servers at the end; and what is added and removed. A real server is looked for once more before it is removed.
 */
function netlinkCalls({ virtualServers }: IpvsProgram, difference: KernelParts<Difference>): number {
  const { servers, realServers, addresses } = difference;
  const bound = virtualServers.filter(({ address }) => addresses.added.has(address)).length;
  const questions = 3 + 3 * virtualServers.length + 1;
  const additions = servers.added.size + bound + realServers.added.size;
  // With a virtual server go its real servers.
  const gone = [...realServers.removed].filter((text) => !servers.removed.has(text.split(" ", 4).join(" ")));
  return questions + additions + 2 * gone.length + servers.removed.size + addresses.removed.size;
}
