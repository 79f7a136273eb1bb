import { objectTitle } from "@kubenetsim/core/apiserver/cluster-state";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { labelsOf } from "../message/dns-name.ts";
import { nameInZone, relativeName } from "../message/relative-name.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { NameErrorReason } from "./find-services.ts";
import { parseRecordRequest, type RecordRequest } from "./record-request.ts";
import { addressInReverseName } from "./reverse-address.ts";
import type { ServiceEntry } from "./service-entry.ts";
import type { ZoneLookup } from "./zone-lookup.ts";

export interface MissingExplained {
  /** One sentence without a stop. */
  readonly text: string;
  /** What was looked at: the Service that is there, its slices. */
  readonly near: readonly string[];
}

/** Why a name does not exist, and which one near to it does. */
export function explainMissing(reason: NameErrorReason, name: DnsName, lookup: ZoneLookup): MissingExplained {
  if (reason === "address") return plain(missingAddress(name));
  const request = parseRecordRequest(name, lookup.zone.toLowerCase(), lookup.options.zonal);
  if (request === undefined || reason === "form") return missingForm(name, lookup);
  switch (reason) {
    case "reverse":
      return plain(`${name} lies in a reverse zone, where addresses alone have names`);
    case "namespace":
      return plain(missingNamespace(request.namespace, lookup));
    case "pods-disabled":
      return plain("names of Pods are switched off (pods disabled)");
    case "pod-address":
      return plain(`${request.service} is no address with dashes in place of its dots or colons`);
    case "pod":
      return plain(`no Pod of namespace ${request.namespace} has the address that ${request.service} stands for`);
    case "service":
      return missingService(request, lookup);
    case "service-content":
      return missingContent(request, lookup);
    case "text":
      return plain(`only dns-version.${lookup.zone} has TXT records`);
    default:
      return reason satisfies never;
  }
}

function plain(text: string): MissingExplained {
  return { text, near: [] };
}

/** `web.default` lacks no more than `svc`. */
function missingForm(name: DnsName, { index, zone }: ZoneLookup): MissingExplained {
  const text = `${name} has not the form of a name of a Service or a Pod`;
  const [service, namespace, ...rest] = labelsOf(relativeName(name, zone));
  const meant = rest.length === 0 ? index.services.get(`${namespace}/${service}`) : undefined;
  if (meant === undefined) return plain(text);
  return {
    text: `${text}; near to it is ${nameInZone(meant.relativeName, zone)}`,
    near: [objectTitle("Service", meant.key)],
  };
}

function missingAddress(name: DnsName): string {
  return `no Service and no ready endpoint has the address ${addressInReverseName(name)}`;
}

function missingNamespace(namespace: string, { index, options, zone }: ZoneLookup): string {
  if (index.namespaces.has(namespace)) return `namespace ${namespace} is not among those that are served`;
  const near = nearestWord(namespace, [...index.namespaces]);
  const why =
    options.namespaceLabels.length === 0 ? "is not there" : "is not there, or has not the labels to be served";
  return `namespace ${namespace} ${why}${near === undefined ? "" : `; near to it is ${nameInZone(`${near}.svc`, zone)}`}`;
}

function missingService({ namespace, service }: RecordRequest, { index, options, zone }: ZoneLookup): MissingExplained {
  const key = `${namespace}/${service}`;
  if (index.services.has(key)) {
    return { text: `Service ${key} has no ready address, and such are ignored`, near: [objectTitle("Service", key)] };
  }
  const absent = options.labels.length === 0 ? "is not there" : "is not there, or has not the labels to be served";
  const near = nearestService(namespace, service, index.services);
  if (near === undefined) return plain(`Service ${key} ${absent}`);
  const { relativeName } = near;
  return {
    text: `Service ${key} ${absent}; near to it is ${nameInZone(relativeName, zone)}`,
    near: [objectTitle("Service", near.key)],
  };
}

/** The Service with this name in another namespace, or with nearly this name in the same one. */
function nearestService(
  namespace: string,
  name: string,
  services: ReadonlyMap<string, ServiceEntry>,
): ServiceEntry | undefined {
  const all = [...services.values()];
  const inSame = all.filter((service) => service.namespace === namespace);
  const near = nearestWord(
    name,
    inSame.map((service) => service.name),
  );
  return inSame.find((service) => service.name === near) ?? all.find((service) => service.name === name);
}

function missingContent(request: RecordRequest, { index, zone }: ZoneLookup): MissingExplained {
  const key = `${request.namespace}/${request.service}`;
  const service = index.services.get(key)!;
  const slices = index.endpointsByService.members(key);
  const near = [objectTitle("Service", key), ...slices.map((slice) => objectTitle("EndpointSlice", slice.key))];
  return { text: whyNoContent(request, service, slices, zone), near };
}

function whyNoContent(
  { endpoint, port, protocol, zone: topologyZone }: RecordRequest,
  service: ServiceEntry,
  slices: readonly { readonly addresses: readonly { readonly name: string }[]; readonly notReady: number }[],
  zone: DnsName,
): string {
  const title = `Service ${service.key}`;
  if (service.type === "ExternalName") {
    const isBelow = endpoint !== "" || port !== "" || protocol !== "" || topologyZone !== "";
    if (isBelow) return `${title} is an alias (ExternalName), and there is nothing below it`;
    return `${title} is an alias (ExternalName) of an address, which is no name`;
  }
  if (topologyZone !== "") return `${title} is not headless, so that its address is in no topology zone`;
  const names = slices.flatMap(({ addresses }) => addresses.map(({ name }) => name));
  const notReady = slices.reduce((sum, slice) => sum + slice.notReady, 0);
  if (names.length === 0) {
    const why = notReady === 0 ? "has no endpoints" : `has no ready endpoint (${notReady} not ready)`;
    return service.isHeadless || endpoint !== "" ? `${title} ${why}` : `${title} has no such port`;
  }
  if (endpoint === "") return `${title} has no port ${port} of protocol ${protocol}`;
  const near = nearestWord(endpoint, names);
  const hint = near === undefined ? "" : `; near to it is ${nameInZone(`${near}.${service.relativeName}`, zone)}`;
  return `${title} has no ready endpoint of the name ${endpoint}${hint}`;
}
