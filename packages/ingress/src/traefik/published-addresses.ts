import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IngressAddress } from "@kubenetsim/core/model/ingress";
import type { Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import type { IngressEndpoint } from "./static-configuration.ts";

/**
 * What Traefik writes into the status of its Ingresses (pkg/provider/kubernetes/ingress/kubernetes.go `updateIngressStatus`); undefined
 * where it leaves them as they are.
 */
export function publishedAddresses(
  { ip, hostname, publishedService }: IngressEndpoint,
  state: ClusterState,
): readonly IngressAddress[] | undefined {
  if (publishedService === undefined)
    return [{ ...(ip !== undefined && { ip }), ...(hostname !== undefined && { hostname }) }];
  const service = state.tables.Service.get(publishedService);
  return service && addressesOf(service, state);
}

function addressesOf({ spec, status }: Service, state: ClusterState): readonly IngressAddress[] | undefined {
  const ports = spec.ports ?? [];
  switch (spec.type) {
    case "LoadBalancer":
      return status?.loadBalancer?.ingress?.map(({ ip, hostname }) => ({
        ...(ip !== undefined && { ip }),
        ...(hostname !== undefined && { hostname }),
      }));
    case "NodePort": {
      const nodes = state.tables.Node.values().flatMap(({ status: of }) => of?.addresses ?? []);
      const external = nodes.filter(({ type }) => type === "ExternalIP");
      return external.map(({ address: ip }) => ({ ip, ports: portsOf(ports, ({ nodePort = 0 }) => nodePort) }));
    }
    case "ExternalName":
      return [{ hostname: spec.externalName ?? "" }];
    default:
      return (spec.externalIPs ?? []).map((ip) => ({ ip, ports: portsOf(ports, ({ port }) => port) }));
  }
}

function portsOf(
  ports: readonly ServicePortSpec[],
  number: (port: ServicePortSpec) => number,
): NonNullable<IngressAddress["ports"]> {
  return ports.map((each) => ({ port: number(each), protocol: each.protocol ?? "TCP" }));
}
