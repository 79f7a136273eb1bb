import type { EndpointAddress, EndpointSubset, EndpointSubsetPort } from "../../model/endpoints.ts";
import { sortedByHash } from "../hash-order.ts";
import { portHash, subsetHash } from "./subset-hash.ts";

/** An address with the readiness that it has behind one port. */
interface Placed {
  readonly address: EndpointAddress;
  ready: boolean;
}

/** The addresses behind one port, by IP and uid. */
interface PortHolders {
  /** Undefined for addresses without any port. */
  readonly port: EndpointSubsetPort | undefined;
  readonly placed: Map<string, Placed>;
}

/**
 * The canonical form of subsets (pkg/api/v1/endpoints/util.go, RepackSubsets): every address stands behind a port once, not
 * ready if anybody says so; ports with the same addresses share a subset; addresses are sorted by IP, ports and subsets by
 * hash.
 */
export function repackSubsets(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const byPort = new Map<string, PortHolders>();
  // Most subsets share the object of their port.
  const bySame = new Map<EndpointSubsetPort | undefined, PortHolders>();
  for (const subset of subsets) {
    const ports: readonly (EndpointSubsetPort | undefined)[] = subset.ports?.length ? subset.ports : [undefined];
    for (const port of ports) {
      const holders = bySame.get(port) ?? holdersOf(byPort, port);
      bySame.set(port, holders);
      place(holders, subset);
    }
  }
  const groups = new Map<string, { placed: readonly Placed[]; ports: EndpointSubsetPort[] }>();
  for (const { port, placed } of byPort.values()) {
    const sorted = [...placed].sort(([a], [b]) => (a < b ? -1 : 1));
    const key = byPort.size === 1 ? "" : JSON.stringify(sorted.map(([address, { ready }]) => [address, ready]));
    const group = groups.get(key) ?? { placed: sorted.map(([, one]) => one), ports: [] };
    if (port !== undefined) group.ports.push(port);
    groups.set(key, group);
  }
  return sortedByHash([...groups.values()].map(toSubset), subsetHash);
}

function holdersOf(byPort: Map<string, PortHolders>, port: EndpointSubsetPort | undefined): PortHolders {
  const key =
    port === undefined ? "" : JSON.stringify([port.name ?? "", port.port, port.protocol ?? "TCP", port.appProtocol]);
  const holders = byPort.get(key) ?? { port, placed: new Map() };
  byPort.set(key, holders);
  return holders;
}

function place({ placed }: PortHolders, { addresses, notReadyAddresses }: EndpointSubset): void {
  const add = (address: EndpointAddress, ready: boolean): void => {
    const key = `${address.ip} ${address.targetRef?.uid ?? ""}`;
    const known = placed.get(key);
    if (known === undefined) placed.set(key, { address, ready });
    else known.ready &&= ready;
  };
  for (const address of addresses ?? []) add(address, true);
  for (const address of notReadyAddresses ?? []) add(address, false);
}

function toSubset({
  placed,
  ports,
}: {
  placed: readonly Placed[];
  ports: readonly EndpointSubsetPort[];
}): EndpointSubset {
  const ready = placed.filter((one) => one.ready).map(({ address }) => address);
  const notReady = placed.filter((one) => !one.ready).map(({ address }) => address);
  // As stored objects are put together (write-object.ts, stamped).
  return Object.assign(
    {},
    ready.length === 0 ? undefined : { addresses: ready },
    notReady.length === 0 ? undefined : { notReadyAddresses: notReady },
    ports.length === 0 ? undefined : { ports: sortedByHash(ports, portHash) },
  );
}
