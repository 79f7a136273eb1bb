import { labelsOf } from "../message/dns-name.ts";
import type { Rcode } from "../message/rcode.ts";
import type { RecordType } from "../message/record-type.ts";
import { relativeName } from "../message/relative-name.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { BackendService } from "./backend-service.ts";
import type { EndpointAddress } from "./endpoints-entry.ts";
import { equalFold, isExposed, matchesPort } from "./find-services.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { KubernetesOptions } from "./options.ts";
import { withoutUnderscore } from "./record-request.ts";
import { addressInReverseName } from "./reverse-address.ts";
import type { PortEntry, ServiceEntry } from "./service-entry.ts";

/** What a name of a zone of external addresses leads to. The names of `services` are below that zone, without `svc`. */
export interface ExternalFound {
  readonly services: readonly BackendService[];
  readonly rcode: Rcode;
}

export interface ExternalEndpoint extends BackendService {
  readonly endpoint: EndpointAddress;
  readonly portEntry: PortEntry;
}

/** What a name asks for: `web.default`, `pod-0.web.default`, `_http._tcp.web.default`. */
interface ExternalName {
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

/** Services by their external addresses and those of their load balancers (plugin/kubernetes/external.go, External). */
export function findExternal(
  name: DnsName,
  type: RecordType,
  zone: DnsName,
  headless: boolean,
  index: ObjectIndex,
  options: KubernetesOptions,
): ExternalFound {
  const ip = type === "PTR" ? addressInReverseName(name) : undefined;
  if (ip !== undefined) return findExternalNames(ip, index, options);
  const labels = labelsOf(relativeName(name, zone));
  const namespace = labels.at(-1) ?? "";
  if (!isExposed(namespace, index, options)) return { services: [], rcode: "NXDOMAIN" };
  if (labels.length === 1) return { services: [], rcode: "NOERROR" };
  const asked = externalName(labels);
  const service = asked === undefined ? undefined : index.services.get(`${namespace}/${asked.service}`);
  if (asked === undefined || service === undefined) return { services: [], rcode: "NXDOMAIN" };
  const services = servicesOf(service, asked, headless, index, options);
  // Of a PTR record only whether the name exists is of account.
  return { services: type === "PTR" ? [] : services, rcode: services.length === 0 ? "NXDOMAIN" : "NOERROR" };
}

/** Undefined for a name with too many labels. */
function externalName(labels: readonly string[]): ExternalName | undefined {
  const [namespace = "", service = "", first = "", second = "", ...rest] = labels.toReversed();
  if (rest.length > 0) return undefined;
  const [below, before] = [withoutUnderscore(first), withoutUnderscore(second)];
  if (second === "") return { namespace, service, endpoint: below, port: "", protocol: "" };
  return { namespace, service, endpoint: "", port: before, protocol: below };
}

/** The names of the Services that have an external address; whether they exist within the cluster does not count. */
function findExternalNames(ip: string, index: ObjectIndex, options: KubernetesOptions): ExternalFound {
  const { namespaces, ttl } = options;
  const services = index.servicesByExternalIP
    .members(ip)
    .filter(({ namespace }) => namespaces.size === 0 || isExposed(namespace, index, options))
    .map((service) => ({
      host: externalNameOf(service),
      port: 0,
      ttl,
      relativeName: externalNameOf(service),
      service,
    }));
  return { services, rcode: services.length === 0 ? "NXDOMAIN" : "NOERROR" };
}

function servicesOf(
  service: ServiceEntry,
  asked: ExternalName,
  headless: boolean,
  index: ObjectIndex,
  { ttl }: KubernetesOptions,
): BackendService[] {
  const takesEndpoints = service.externalIPs.length === 0 && (service.isHeadless || asked.endpoint !== "");
  if (headless && takesEndpoints) {
    return externalEndpoints(service, index, ttl).filter(
      ({ endpoint, portEntry }) =>
        (asked.endpoint === "" || equalFold(asked.endpoint, endpoint.name)) && matchesPort(asked, portEntry),
    );
  }
  const ports = service.ports.filter((port) => matchesPort(asked, port));
  return service.externalIPs.flatMap((host) =>
    ports.map(({ port }) => ({ host, port, ttl, relativeName: externalNameOf(service), service })),
  );
}

/** Every ready address of a Service with every port. */
export function externalEndpoints(service: ServiceEntry, index: ObjectIndex, ttl: number): ExternalEndpoint[] {
  return index.endpointsByService.members(service.key).flatMap((endpoints) =>
    endpoints.addresses.flatMap((endpoint) =>
      endpoints.ports.map((portEntry) => ({
        host: endpoint.ip,
        port: portEntry.port,
        ttl,
        relativeName: `${endpoint.name}.${externalNameOf(service)}`,
        service,
        endpoints,
        endpoint,
        portEntry,
      })),
    ),
  );
}

export function externalNameOf({ name, namespace }: ServiceEntry): string {
  return `${name}.${namespace}`;
}
