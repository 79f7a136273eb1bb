import { formatAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { ConntrackTable } from "@kubenetsim/netfilter/engine/conntrack-table";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { changedServices } from "@kubenetsim/proxy/snapshot/changed-services";
import type { ServicePortState } from "@kubenetsim/proxy/snapshot/service-state";
import { type ProxySnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { Settled } from "./object-history.ts";

/**
 * CleanStaleEntries (pkg/proxy/conntrack/cleanup.go), which every mode runs at the end of a sync that changed the endpoints of a
 * UDP port: UDP flows to a Service whose endpoint does not serve it any more are forgotten, so that their next packet is sent
 * to another one. Flows of TCP and SCTP are left alone.
 *
 * @param previous undefined at the first sync
 */
export function removeStaleFlows(
  kernel: Kernel,
  previous: ProxySnapshot | undefined,
  next: ProxySnapshot,
  nowMs: number,
): void {
  const { table } = kernel.conntrack(next.basis.family);
  if (table.size === 0 || !changesUdpEndpoints(previous, next)) return;
  const frontends = servingEndpoints(next);
  const stale = [...table.entries(nowMs)].filter((entry) => isStale(table, entry, frontends));
  for (const entry of stale) table.remove(entry);
}

/** As the syncs of these times would have done on a node that leaves them to another one. */
export function removeFlowsOf(
  times: readonly Settled[],
  proxiers: readonly { readonly snapshot: ProxySnapshot }[],
  kernel: Kernel,
): void {
  let snapshots = proxiers.map(({ snapshot }) => snapshot);
  for (const { changes, nowMs } of times) {
    snapshots = snapshots.map((before) => {
      const next = updateSnapshot(before, changes);
      if (next !== before) removeStaleFlows(kernel, before, next, nowMs ?? 0);
      return next;
    });
  }
}

function changesUdpEndpoints(previous: ProxySnapshot | undefined, next: ProxySnapshot): boolean {
  if (previous === undefined) return next.services.some(({ ports }) => ports.some(isUdp));
  for (const { before, after } of changedServices(previous, next)) {
    const old = new Map(before?.ports.filter(isUdp).map(({ port, endpoints }) => [port.portName, endpoints]));
    const now = new Map(after?.ports.filter(isUdp).map(({ port, endpoints }) => [port.portName, endpoints]));
    if ([...old].some(([name, endpoints]) => now.get(name) !== endpoints)) return true;
    if ([...now.keys()].some((name) => !old.has(name))) return true;
  }
  return false;
}

/** What serves each `address:port` of a Service, and each node port that something serves. */
interface Frontends {
  readonly addresses: ReadonlyMap<string, ReadonlySet<string>>;
  readonly nodePorts: ReadonlyMap<number, ReadonlySet<string>>;
}

function servingEndpoints({ services }: ProxySnapshot): Frontends {
  const addresses = new Map<string, ReadonlySet<string>>();
  const nodePorts = new Map<number, ReadonlySet<string>>();
  for (const { port, endpoints } of services.flatMap(({ ports }) => ports.filter(isUdp))) {
    const serving = new Set(endpoints.filter((endpoint) => endpoint.serving).map(({ text }) => text));
    for (const address of [port.clusterIP, ...port.loadBalancerVIPs, ...port.externalIPs]) {
      addresses.set(joinHostPort(address, port.port), serving);
    }
    if (port.nodePort !== 0 && serving.size > 0) nodePorts.set(port.nodePort, serving);
  }
  return { addresses, nodePorts };
}

/** By the destination that it was opened to, and the source of its answers. */
function isStale(table: ConntrackTable, entry: number, { addresses, nodePorts }: Frontends): boolean {
  const { width, data } = table;
  const original = table.tuple(entry, 0);
  if (data[original + 2 * width + 1] !== protocolNumbers.UDP) return false;
  const reply = table.tuple(entry, 1);
  const port = data[original + 2 * width]! & 0xffff;
  const destination = joinHostPort(addressAt(table, original + width), port);
  const answers = joinHostPort(addressAt(table, reply), data[reply + 2 * width]! >>> 16);
  const serving = addresses.get(destination);
  if (serving !== undefined && !serving.has(answers)) return true;
  return nodePorts.get(port)?.has(answers) === false;
}

function addressAt({ data, width }: ConntrackTable, at: number) {
  return formatAddress(Array.from(data.subarray(at, at + width)));
}

function isUdp({ port }: ServicePortState): boolean {
  return port.protocol === "UDP";
}
