import { type BackendService, hostAddress } from "./backend-service.ts";
import type { EndpointAddress, EndpointsEntry } from "./endpoints-entry.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { KubernetesOptions } from "./options.ts";
import type { RecordRequest } from "./record-request.ts";
import type { PortEntry, ServiceEntry } from "./service-entry.ts";

/** Why a name does not exist. */
export type NameErrorReason =
  /** It has another form than names of Services and Pods have. */
  | "form"
  /** It lies in a reverse zone. */
  | "reverse"
  /** No address stands in it, or none that anything has. */
  | "address"
  | "namespace"
  | "pods-disabled"
  | "pod-address"
  | "pod"
  | "service"
  /** The Service is there, but has nothing of that name. */
  | "service-content"
  /** Nothing but `dns-version` has TXT records. */
  | "text";

/** What a name leads to; `undefined` reasons stand for a name that exists, if perhaps with nothing to answer. */
export type Found =
  | { readonly services: readonly BackendService[]; readonly missing?: undefined }
  | { readonly services: readonly BackendService[]; readonly missing: NameErrorReason };

export const nothingFound: Found = { services: [] };

export function missing(reason: NameErrorReason): Found {
  return { services: [], missing: reason };
}

/** Whether CoreDNS serves a namespace: it must exist, too. */
export function isExposed(namespace: string, index: ObjectIndex, { namespaces }: KubernetesOptions): boolean {
  return (namespaces.size === 0 || namespaces.has(namespace)) && index.namespaces.has(namespace);
}

/** What a name of Services or Pods leads to (plugin/kubernetes/kubernetes.go, Records). */
export function findRecords(request: RecordRequest, index: ObjectIndex, options: KubernetesOptions): Found {
  if (!isExposed(request.namespace, index, options)) return missing("namespace");
  return request.kind === "pod" ? findPods(request, index, options) : findServices(request, index, options);
}

function findPods({ namespace, service: name }: RecordRequest, index: ObjectIndex, options: KubernetesOptions): Found {
  if (options.pods === "disabled") return missing("pods-disabled");
  if (name === "") return nothingFound;
  const ip = undashed(name);
  const found = { host: ip, port: 0, ttl: options.ttl, relativeName: `${name}.${namespace}.pod` };
  if (options.pods === "insecure") {
    return hostAddress(ip) === undefined ? missing("pod-address") : { services: [found] };
  }
  const pods = index.podsByAddress.members(ip).filter((pod) => pod.namespace === namespace);
  return pods.length === 0 ? missing("pod") : { services: pods.map((pod) => ({ ...found, pod })) };
}

/** The address that a Pod's name is: with three single dashes one of IPv4. */
function undashed(name: string): string {
  const isV4 = name.split("-").length === 4 && !name.includes("--");
  return name.replaceAll("-", isV4 ? "." : ":");
}

function findServices(request: RecordRequest, index: ObjectIndex, options: KubernetesOptions): Found {
  if (request.service === "") return nothingFound;
  const key = `${request.namespace}/${request.service}`;
  const service = index.services.get(key);
  if (service === undefined) return missing("service");
  if (service.type === "ExternalName") return findExternalName(request, service, options);
  const isEmpty = (): boolean => index.endpointsByService.members(key).every(({ addresses }) => addresses.length === 0);
  if (options.ignoreEmptyService && !service.isHeadless && isEmpty()) return missing("service");
  if (request.zone !== "" && !service.isHeadless) return missing("service-content");
  if (service.isHeadless || request.endpoint !== "") {
    return findEndpoints(request, service, index.endpointsByService.members(key), options);
  }
  return findClusterIPs(request, service, options);
}

function findClusterIPs(request: RecordRequest, service: ServiceEntry, { ttl }: KubernetesOptions): Found {
  const { clusterIPs, relativeName } = service;
  const services: BackendService[] = [];
  for (const port of service.ports) {
    if (!matchesPort(request, port)) continue;
    for (const host of clusterIPs) services.push({ host, port: port.port, ttl, relativeName, service });
  }
  return services.length === 0 ? missing("service-content") : { services };
}

/** An alias has nothing below it, and an address is no alias. */
function findExternalName(request: RecordRequest, service: ServiceEntry, { ttl }: KubernetesOptions): Found {
  const { endpoint, port, protocol, zone } = request;
  const isBelow = endpoint !== "" || port !== "" || protocol !== "" || zone !== "";
  const host = service.externalName;
  if (isBelow || hostAddress(host) !== undefined) return missing("service-content");
  return { services: [{ host, port: 0, ttl, relativeName: service.relativeName, service }] };
}

function findEndpoints(
  request: RecordRequest,
  service: ServiceEntry,
  slices: readonly EndpointsEntry[],
  { ttl }: KubernetesOptions,
): Found {
  const inZone = (zone: string): BackendService[] =>
    slices.flatMap((endpoints) => {
      const ports = endpoints.ports.filter((port) => matchesPort(request, port));
      return endpoints.addresses
        .filter((address) => matchesEndpoint(request, zone, address, endpoints))
        .flatMap((endpoint) =>
          ports.map(({ port }) => ({
            host: endpoint.ip,
            port,
            ttl,
            relativeName: `${endpoint.name}.${service.relativeName}`,
            service,
            endpoints,
            endpoint,
          })),
        );
    });
  const local = inZone(request.zone);
  const services = local.length === 0 && request.prefersZone ? inZone("") : local;
  // A name with a topology zone exists wherever the Service does.
  return services.length === 0 && request.zone === "" ? missing("service-content") : { services };
}

function matchesEndpoint(
  { endpoint }: RecordRequest,
  zone: string,
  address: EndpointAddress,
  { zones }: EndpointsEntry,
): boolean {
  return (zone === "" || zones?.get(address.ip) === zone) && (endpoint === "" || equalFold(endpoint, address.name));
}

/** Port and protocol of a request may be absent; with one of them alone a name is not read as one. */
export function matchesPort(request: Pick<RecordRequest, "port" | "protocol">, { name, protocol }: PortEntry): boolean {
  return (
    (request.port === "" || equalFold(request.port, name)) &&
    (request.protocol === "" || equalFold(request.protocol, protocol))
  );
}

export function equalFold(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}
