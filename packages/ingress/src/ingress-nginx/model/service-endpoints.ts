import type { EndpointPort, EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import { parseAddressWords } from "@kubenetsim/core/net/address";
import { type ControllerLog, quoted } from "../../controller-log.ts";
import type { Endpoint } from "./configuration.ts";
import type { ModelSource } from "./model-source.ts";

export function keyOf({
  metadata: { namespace = "", name },
}: {
  metadata: { namespace?: string; name: string };
}): string {
  return `${namespace}/${name}`;
}

/** What a Go program finds missing in its store. */
export function noSuchObject(key: string): string {
  return `no object matching key "${key}" in local store`;
}

/**
 * The endpoints behind a port that an Ingress names by number or name (internal/ingress/controller/controller.go
 * `serviceEndpoints`): the first port of the Service whose number, target port or name it is. undefined without the Service.
 */
export function serviceEndpoints(
  source: ModelSource,
  serviceKey: string,
  backendPort: string,
): readonly Endpoint[] | undefined {
  const service = source.serviceOf(serviceKey);
  if (service === undefined) return undefined;
  const noEndpoint = (line: number): void => {
    source.log.warn(`controller.go:${line}`, `Service ${quoted(serviceKey)} does not have any active Endpoint.`);
  };
  if (service.spec.type === "ExternalName") {
    const endpoints = externalEndpoints(source, service, externalNamePort(backendPort, service));
    if (endpoints.length === 0) noEndpoint(1225);
    return endpoints;
  }
  const port = (service.spec.ports ?? []).find((each) => isPort(each, backendPort));
  if (port === undefined) return [];
  const endpoints = endpointsOfSlices(source, service, port);
  if (endpoints.length === 0) noEndpoint(1241);
  return endpoints;
}

function isPort({ port, targetPort = port, name = "" }: ServicePortSpec, wanted: string): boolean {
  return String(port) === wanted || String(targetPort) === wanted || name === wanted;
}

/** What endpoints of slices are read from. */
export interface EndpointSource extends Pick<ModelSource, "slicesOf"> {
  readonly log: ControllerLog;
}

/**
 * The ready endpoints of a Service's port (internal/ingress/controller/endpointslices.go `getEndpointsFromSlices`), each
 * address and port once.
 */
export function endpointsOfSlices(
  source: EndpointSource,
  service: Service,
  port: ServicePortSpec,
  protocol: "TCP" | "UDP" = "TCP",
): readonly Endpoint[] {
  if (service.spec.type === "ExternalName") return externalEndpoints(source, service, goNumber(port.targetPort));
  const key = keyOf(service);
  const slices = source.slicesOf(key);
  if (slices.length === 0) {
    source.log.warn(
      "endpointslices.go:86",
      `Error obtaining Endpoints for Service ${quoted(key)}: ${noSuchObject(key)}`,
    );
  }
  const endpoints = new Map<string, Endpoint>();
  for (const slice of slices) {
    const ports = portsOf(slice, port, protocol);
    for (const { addresses, conditions, targetRef } of slice.endpoints ?? []) {
      if (conditions?.ready === false) continue;
      for (const number of ports) {
        for (const address of addresses) {
          const name = `${address} ${number}`;
          if (endpoints.has(name)) continue;
          const target = targetRef && `${targetRef.uid ?? ""} ${targetRef.resourceVersion ?? ""}`;
          endpoints.set(name, { address, port: number, ...(target !== undefined && { target }) });
        }
      }
    }
  }
  return [...endpoints.values()];
}

/** The ports of a slice that a port of the Service means. An unnamed one means every port of the slice. */
function portsOf(
  slice: EndpointSlice,
  { port, name = "", targetPort = port }: ServicePortSpec,
  wanted: "TCP" | "UDP",
): number[] {
  const fixed = typeof targetPort === "number" ? targetPort : 0;
  const ports = slice.ports ?? [];
  if (ports.length === 0) return fixed === 0 ? [] : [fixed];
  const numberOf = (each: EndpointPort): number => {
    const isMeant = name === "" || name === (each.name ?? "");
    return (isMeant ? (each.port ?? 0) : 0) || fixed;
  };
  const spoken = ports.filter(({ protocol = "TCP" }) => protocol === wanted);
  return spoken.map(numberOf).filter((number) => number !== 0);
}

/**
 * `externalNamePorts`: of a port that the Ingress names by its name the target port, or the port where that is no number; of
 * one by its number the target port alone, 0 where that is a name; the number that the Ingress has where the Service has no such port.
 */
function externalNamePort(backendPort: string, { spec }: Service): number {
  const ports = spec.ports ?? [];
  const number = Number(backendPort);
  if (Number.isNaN(number)) {
    const named = ports.find(({ name = "" }) => name === backendPort);
    return named === undefined ? 0 : goNumber(named.targetPort) || named.port;
  }
  const found = ports.find(({ port }) => port === number);
  return found === undefined ? number : goNumber(found.targetPort);
}

/** What Go takes a port for, a name for 0. */
function goNumber(port: number | string = 0): number {
  return Number(port) || 0;
}

/** One endpoint, the name, which nginx resolves later; none for a name that leads to the controller itself or is none. */
function externalEndpoints({ log }: Pick<EndpointSource, "log">, service: Service, port: number): readonly Endpoint[] {
  const { externalName = "" } = service.spec;
  const words = parseAddressWords(externalName);
  const isLoopback =
    words !== undefined && (words.length === 1 ? words[0]! >>> 24 === 127 : /^(0*:)+0*1$/.test(externalName));
  if (externalName === "localhost" || isLoopback) {
    const text = `Invalid attempt to use localhost name ${externalName} in ${quoted(keyOf(service))}`;
    log.error("endpointslices.go:62", text);
    return [];
  }
  const name = externalName.replace(/\.$/, "");
  if (words === undefined && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) {
    log.error("endpointslices.go:72", `Invalid DNS name ${externalName}: [${dnsNameRule}]`);
    return [];
  }
  return [{ address: externalName, port }];
}

const dnsNameRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
