import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { IngressBackend } from "@kubenetsim/core/model/ingress";
import type { Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import { formatEndpoint } from "../ingress-nginx/model/endpoint-text.ts";
import { type ServiceSettings, serviceSettings } from "./annotations.ts";
import type { Server, TraefikService } from "./dynamic-configuration.ts";
import type { ObjectStore } from "./object-store.ts";
import type { IngressProvider } from "./static-configuration.ts";

/** A Service that Traefik cannot make one of. */
export class ServiceProblem extends Error {}

/**
 * The balancer of a backend (pkg/provider/kubernetes/ingress/kubernetes.go `loadService`).
 *
 * @throws ServiceProblem, LabelProblem in Traefik's words
 */
export function loadService(
  store: ObjectStore,
  provider: IngressProvider,
  namespace: string,
  { name, port: wanted = {} }: NonNullable<IngressBackend["service"]>,
): Omit<TraefikService, "name"> {
  const key = `${namespace}/${name}`;
  const service = store.services.get(key);
  if (service === undefined) throw new ServiceProblem("service not found");
  const isExternal = service.spec.type === "ExternalName";
  if (isExternal && !provider.allowExternalNameServices) {
    throw new ServiceProblem(`externalName services not allowed: ${key}`);
  }
  const port = (service.spec.ports ?? []).find(
    (each) => each.port === wanted.number || ((each.name ?? "") !== "" && each.name === wanted.name),
  );
  if (port === undefined) throw new ServiceProblem("service port not found");
  const settings = serviceSettings(service.metadata.annotations ?? {});
  const scheme = schemeOf(port, settings);
  const common = { key, cookie: settings.cookie, passesHost: settings.passesHost };
  const single = (address: string): Omit<TraefikService, "name"> => ({
    ...common,
    servers: [{ url: `${scheme}://${formatEndpoint({ address, port: port.port })}`, fenced: false }],
  });
  if (settings.unmodelled.length > 0) throw new ServiceProblem(`${settings.unmodelled.join(", ")}: not modelled`);
  if (isExternal) return single(service.spec.externalName ?? "");
  if (settings.isNative ?? provider.nativeLbByDefault) return single(clusterIpOf(service, key));
  return { ...common, servers: serversOf(store.slicesOf(key), port.name ?? "", scheme) };
}

function schemeOf({ port, name = "" }: ServicePortSpec, { scheme }: ServiceSettings): string {
  if (scheme !== "") return scheme;
  return port === 443 || name.startsWith("https") ? "https" : "http";
}

function clusterIpOf({ spec }: Service, key: string): string {
  const { clusterIP = "" } = spec;
  if (clusterIP === "None")
    throw new ServiceProblem(`getting native Kubernetes Service address: no clusterIP on headless service: ${key}`);
  if (clusterIP === "")
    throw new ServiceProblem(`getting native Kubernetes Service address: no clusterIP found for service: ${key}`);
  return clusterIP;
}

/** Each address once, also of Pods on their way out that still serve. */
function serversOf(slices: Iterable<EndpointSlice>, portName: string, scheme: string): Server[] {
  const servers = new Map<string, Server>();
  for (const { ports, endpoints } of slices) {
    const port = ports?.find((each) => each.name === portName)?.port ?? 0;
    if (port === 0) continue;
    for (const { addresses, conditions } of endpoints ?? []) {
      if (conditions?.serving === false) continue;
      for (const address of addresses) {
        if (servers.has(address)) continue;
        const url = `${scheme}://${formatEndpoint({ address, port })}`;
        servers.set(address, { url, fenced: conditions?.terminating ?? false });
      }
    }
  }
  return [...servers.values()];
}
