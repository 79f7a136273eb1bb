import { type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import { noPorts, type PortEntry } from "./service-entry.ts";

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname: string;
  /** The label below the Service's name: see `endpointName`. */
  readonly name: string;
  /** The Pod behind it, by its name; undefined where the slice names none. */
  readonly pod: string | undefined;
}

/** What CoreDNS keeps of an EndpointSlice: its ready addresses (plugin/kubernetes/object/endpoint.go). */
export interface EndpointsEntry {
  readonly key: ObjectKey;
  readonly namespace: string;
  /** Of the Service that the slice's label names. */
  readonly serviceKey: ObjectKey;
  /** Below the zone: `web.default.svc`. */
  readonly serviceName: string;
  readonly addresses: readonly EndpointAddress[];
  readonly ports: readonly PortEntry[];
  /** The topology zones of addresses, in lower case; kept where the option `zonal` is on. */
  readonly zones: ReadonlyMap<string, string> | undefined;
  /** How many endpoints it left out because they are not ready. */
  readonly notReady: number;
}

export interface EndpointsOptions {
  readonly endpointPodNames: boolean;
  readonly zonal: boolean;
}

export function endpointsEntry(slice: EndpointSlice, options: EndpointsOptions): EndpointsEntry {
  const namespace = slice.metadata.namespace ?? "";
  const service = slice.metadata.labels?.["kubernetes.io/service-name"] ?? "";
  const endpoints = slice.endpoints ?? [];
  // A missing condition is taken for true, and neither serving nor terminating are looked at.
  const ready = endpoints.filter(({ conditions }) => conditions?.ready ?? true);
  const ports = (slice.ports ?? []).map(({ name = "", protocol = "", port = -1 }) => ({ name, protocol, port }));
  return {
    key: objectKey(slice),
    namespace,
    serviceKey: `${namespace}/${service}`,
    serviceName: `${service}.${namespace}.svc`,
    addresses: ready.flatMap((endpoint) =>
      endpoint.addresses.map((ip) => addressEntry(ip, endpoint, options.endpointPodNames)),
    ),
    ports: ports.length === 0 ? noPorts : ports,
    zones: options.zonal ? zonesOf(ready) : undefined,
    notReady: endpoints.length - ready.length,
  };
}

function addressEntry(ip: string, endpoint: SliceEndpoint, endpointPodNames: boolean): EndpointAddress {
  const hostname = endpoint.hostname ?? "";
  const pod = endpoint.targetRef?.name;
  // A Pod's name can be longer than a label.
  const podName = endpointPodNames && pod !== undefined && pod.length < 64 ? pod : "";
  return { ip, hostname, name: hostname || podName || dashedAddress(ip), pod };
}

/** `10-244-1-5`; a label must not end in a dash, so that `fd00::` is `fd00--0`. */
function dashedAddress(ip: string): string {
  if (ip.includes(".")) return ip.replaceAll(".", "-");
  if (!ip.includes(":")) return "";
  const dashed = ip.replaceAll(":", "-");
  return dashed.endsWith("-") ? `${dashed}0` : dashed;
}

function zonesOf(endpoints: readonly SliceEndpoint[]): ReadonlyMap<string, string> | undefined {
  const zones = new Map<string, string>();
  for (const { addresses, zone } of endpoints) {
    if (zone !== undefined) for (const ip of addresses) zones.set(ip, zone.toLowerCase());
  }
  return zones.size === 0 ? undefined : zones;
}
