import type { ObjectKey } from "../../model/api-object.ts";
import type { Service } from "../../model/service.ts";
import { parseAddress } from "../../net/address.ts";
import { KeyedVector } from "../store/keyed-vector.ts";

/** Which Service holds which address and which port. A pure function of the Services, kept up with each write. */
export interface Allocations {
  /** By canonical address. */
  readonly addresses: KeyedVector<ObjectKey>;
  /** By port number: node ports and health check node ports come from one pool. */
  readonly nodePorts: KeyedVector<ObjectKey>;
}

export const noAllocations: Allocations = { addresses: KeyedVector.empty, nodePorts: KeyedVector.empty };

/** The allocations after a Service was written: what `before` held goes back, what `after` holds is taken. */
export function reallocate(
  allocations: Allocations,
  key: ObjectKey,
  before: Service | undefined,
  after: Service | undefined,
): Allocations {
  return {
    addresses: swap(allocations.addresses, key, addressesOf(before), addressesOf(after)),
    nodePorts: swap(allocations.nodePorts, key, nodePortsOf(before), nodePortsOf(after)),
  };
}

function swap(
  table: KeyedVector<ObjectKey>,
  key: ObjectKey,
  before: readonly string[],
  after: readonly string[],
): KeyedVector<ObjectKey> {
  let result = table;
  for (const item of before) if (!after.includes(item) && table.get(item) === key) result = result.delete(item);
  for (const item of after) if (!result.has(item)) result = result.set(item, key);
  return result;
}

/** The canonical cluster IPs of a Service; none when it is headless or an ExternalName. */
export function addressesOf(service: Service | undefined): readonly string[] {
  if (service === undefined || service.spec.type === "ExternalName") return [];
  const ips = service.spec.clusterIPs ?? (service.spec.clusterIP === undefined ? [] : [service.spec.clusterIP]);
  const addresses: string[] = [];
  for (const ip of ips) {
    const address = ip === "None" || ip === "" ? undefined : parseAddress(ip);
    if (address !== undefined) addresses.push(address);
  }
  return addresses;
}

/** The node ports of a Service, each once, with the health check's. */
export function nodePortsOf(service: Service | undefined): readonly string[] {
  if (service === undefined) return [];
  const ports = new Set<string>();
  for (const port of service.spec.ports ?? []) if (port.nodePort) ports.add(String(port.nodePort));
  if (service.spec.healthCheckNodePort) ports.add(String(service.spec.healthCheckNodePort));
  return [...ports];
}
