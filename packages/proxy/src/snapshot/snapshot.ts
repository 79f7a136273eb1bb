import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { ServiceCIDR } from "@kubenetsim/core/model/service-cidr";
import type { IpFamily } from "@kubenetsim/core/net/address";
import type { ProxyBasis } from "./proxy-basis.ts";
import type { ProxyNode } from "./proxy-node.ts";
import { asksForSync, mergeRecord, type ServiceRecord, type ServiceState } from "./service-state.ts";
import { SortedMap } from "./sorted-map.ts";

/**
 * What one family's kube-proxy on one node knows: a frozen value. Services that did not change keep their identity from
 * one snapshot to the next, so that what was computed from them can be kept by identity.
 */
export interface ProxySnapshot {
  readonly basis: ProxyBasis;
  /** Services with at least one port, sorted by `namespace/name` in byte order; a pass over all of them makes it. */
  readonly services: readonly ServiceState[];
  /** The same by `namespace/name`: what a sync reads that must not look at all of them. */
  readonly serviceTable: SortedMap<ServiceState>;
  /** Endpoints of all these ports, usable or not. */
  readonly endpointCount: number;
  /** How many Services are `isNodeSpecific`. */
  readonly nodeSpecificCount: number;
  /** Also Services that have no ports to serve, and slices whose Service is not there. */
  readonly records: SortedMap<ServiceRecord>;
  /** Of both families, as the ServiceCIDR objects spell them; only nftables mode reads them. */
  readonly serviceCIDRs: ReadonlySet<string>;
  /** Another number than the snapshot before when something changed that makes kube-proxy sync. */
  readonly revision: number;
}

export interface SnapshotInput extends ProxyBasis {
  readonly services: Iterable<Service>;
  readonly endpointSlices: Iterable<EndpointSlice>;
  readonly serviceCIDRs?: Iterable<ServiceCIDR>;
}

/** An object that came (`before` undefined), changed, or went (`after` undefined). Kinds that kube-proxy does not read are passed over. */
export interface SnapshotChange {
  readonly kind: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The snapshot of a kube-proxy that has just started and has seen everything. */
export function takeSnapshot(input: SnapshotInput): ProxySnapshot {
  const { family, node, config, services, endpointSlices, serviceCIDRs = [] } = input;
  const empty = proxySnapshot({
    basis: { family, node, config },
    serviceTable: SortedMap.empty,
    endpointCount: 0,
    nodeSpecificCount: 0,
    records: SortedMap.empty,
    serviceCIDRs: new Set(),
    revision: 0,
  });
  const changes: SnapshotChange[] = [];
  for (const after of services) changes.push({ kind: "Service", before: undefined, after });
  for (const after of endpointSlices) changes.push({ kind: "EndpointSlice", before: undefined, after });
  for (const after of serviceCIDRs) changes.push({ kind: "ServiceCIDR", before: undefined, after });
  return updateSnapshot(empty, changes);
}

/**
 * The next snapshot. Only Services that the changes name are read again; one that comes out equal keeps its identity, and
 * with no difference at all the snapshot itself comes back. (A changed Node needs `updateNode`, a changed configuration
 * `takeSnapshot`.)
 */
export function updateSnapshot(snapshot: ProxySnapshot, changes: readonly SnapshotChange[]): ProxySnapshot {
  const serviceCIDRs = updateServiceCIDRs(snapshot.serviceCIDRs, changes);
  const touched = new Map<string, ServiceRecord>();
  for (const change of changes) {
    if (change.kind === "Service") applyService(snapshot, touched, change);
    else if (change.kind === "EndpointSlice") applySlice(snapshot, touched, change);
  }

  if (touched.size === 0 && serviceCIDRs === snapshot.serviceCIDRs) return snapshot;

  const records = new Map<string, ServiceRecord | undefined>();
  const states = new Map<string, ServiceState | undefined>();
  let { endpointCount, nodeSpecificCount, revision } = snapshot;
  for (const [key, draft] of touched) {
    const before = snapshot.records.get(key);
    const record = mergeRecord(before, draft, snapshot.basis);
    records.set(key, record);
    if (asksForSync(before, record)) revision = snapshot.revision + 1;
    if (record?.state === before?.state) continue;
    states.set(key, record?.state);
    endpointCount += (record?.state?.endpointCount ?? 0) - (before?.state?.endpointCount ?? 0);
    nodeSpecificCount +=
      Number(record?.state?.isNodeSpecific ?? false) - Number(before?.state?.isNodeSpecific ?? false);
  }
  return proxySnapshot({
    basis: snapshot.basis,
    serviceTable: snapshot.serviceTable.with(states),
    endpointCount,
    nodeSpecificCount,
    records: snapshot.records.with(records),
    serviceCIDRs,
    revision,
  });
}

/** What the same kube-proxy knows when its Node's labels changed: every Service is looked at anew. */
export function updateNode(snapshot: ProxySnapshot, node: ProxyNode): ProxySnapshot {
  const basis = { ...snapshot.basis, node };
  const records = snapshot.records.leaves.flatMap(({ keys, values }) =>
    keys.map((key, index) => [key, mergeRecord(undefined, values[index]!, basis)!] as const),
  );
  const states = records.flatMap(([key, { state }]) => (state === undefined ? [] : [[key, state] as const]));
  return proxySnapshot({
    basis,
    serviceTable: SortedMap.from(states),
    endpointCount: snapshot.endpointCount,
    nodeSpecificCount: snapshot.nodeSpecificCount,
    records: SortedMap.from(records),
    serviceCIDRs: snapshot.serviceCIDRs,
    revision: snapshot.revision + 1,
  });
}

/** What the kube-proxy of another node knows that has seen the same objects with the same configuration. */
export function onNode(snapshot: ProxySnapshot, node: ProxyNode): ProxySnapshot {
  const { basis, serviceTable, endpointCount, nodeSpecificCount, records, serviceCIDRs, revision } = snapshot;
  const counts = { endpointCount, nodeSpecificCount };
  return proxySnapshot({ basis: { ...basis, node }, serviceTable, ...counts, records, serviceCIDRs, revision });
}

function proxySnapshot(parts: Omit<ProxySnapshot, "services">): ProxySnapshot {
  return {
    ...parts,
    get services() {
      return parts.serviceTable.values();
    },
  };
}

/** An object takes its CIDRs away with it even where another one names them too (pkg/proxy/config/config.go). */
function updateServiceCIDRs(known: ReadonlySet<string>, changes: readonly SnapshotChange[]): ReadonlySet<string> {
  if (changes.every(({ kind }) => kind !== "ServiceCIDR")) return known;
  const cidrs = new Set(known);
  for (const { kind, before, after } of changes) {
    if (kind !== "ServiceCIDR") continue;
    for (const cidr of (before as ServiceCIDR | undefined)?.spec.cidrs ?? []) cidrs.delete(cidr);
    for (const cidr of (after as ServiceCIDR | undefined)?.spec.cidrs ?? []) cidrs.add(cidr);
  }
  const isSame = cidrs.size === known.size && [...cidrs].every((cidr) => known.has(cidr));
  return isSame ? known : cidrs;
}

function applyService(
  snapshot: ProxySnapshot,
  touched: Map<string, ServiceRecord>,
  { before, after }: SnapshotChange,
): void {
  const service = (after ?? before) as Service;
  const key = `${service.metadata.namespace ?? ""}/${service.metadata.name}`;
  const record = draftOf(snapshot, touched, key);
  touched.set(key, { ...record, service: after as Service | undefined });
}

/**
 * A changed slice counts for the Service that it names now: where it named another one, or names none any more, kube-proxy
 * keeps what it had for the earlier one (pkg/proxy/endpointslicecache.go, updatePending). A slice that becomes a headless
 * Service's is gone for it.
 */
function applySlice(
  snapshot: ProxySnapshot,
  touched: Map<string, ServiceRecord>,
  { before, after }: SnapshotChange,
): void {
  const old = before as EndpointSlice | undefined;
  const next = after as EndpointSlice | undefined;
  if (next !== undefined && !isHeadless(next)) {
    const key = serviceKeyOf(next, snapshot.basis.family);
    if (key !== undefined) replaceSlice(snapshot, touched, key, next, next);
  } else if (old !== undefined && !isHeadless(old)) {
    const key = serviceKeyOf(old, snapshot.basis.family);
    if (key !== undefined) replaceSlice(snapshot, touched, key, old, undefined);
  }
}

function replaceSlice(
  snapshot: ProxySnapshot,
  touched: Map<string, ServiceRecord>,
  key: string,
  { metadata }: EndpointSlice,
  next: EndpointSlice | undefined,
): void {
  const record = draftOf(snapshot, touched, key);
  const slices = record.slices.filter((slice) => slice.metadata.name !== metadata.name);
  if (next !== undefined) slices.push(next);
  slices.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  touched.set(key, { ...record, slices });
}

function draftOf(snapshot: ProxySnapshot, touched: Map<string, ServiceRecord>, key: string): ServiceRecord {
  return touched.get(key) ?? snapshot.records.get(key) ?? { service: undefined, slices: [], state: undefined };
}

/** The Service that a slice belongs to; undefined for one of the other family or nobody's. */
function serviceKeyOf(slice: EndpointSlice, family: IpFamily): string | undefined {
  const service = slice.metadata.labels?.["kubernetes.io/service-name"];
  return slice.addressType === family && service ? `${slice.metadata.namespace ?? ""}/${service}` : undefined;
}

/** kube-proxy does not watch slices of headless Services (cmd/kube-proxy/app/server.go). */
function isHeadless({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.["service.kubernetes.io/headless"] !== undefined;
}
