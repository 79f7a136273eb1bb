import type { Node } from "@kubenetsim/core/model/node";
import type { Service } from "@kubenetsim/core/model/service";
import { parseAddress } from "@kubenetsim/core/net/address";
import type { LoadBalancer } from "@kubenetsim/network/topology/input";
import { ingressOf } from "./load-balancer-controller.ts";

/**
 * The cloud's boxes as the network sees them: one for each Service with load balancer addresses. It hands connections to
 * the nodes with their destination unchanged (ipMode VIP), to all of them, or, where the Service asks for the nodes of its
 * own endpoints (externalTrafficPolicy: Local), to those whose health check answers.
 */
export function loadBalancersOf(
  services: readonly Service[],
  nodes: readonly Node[],
  nodesWithEndpoints: (service: Service) => ReadonlySet<string>,
): LoadBalancer[] {
  return services.flatMap((service) => {
    if (service.spec.type !== "LoadBalancer") return [];
    const addresses = ingressOf(service)
      .filter((ingress) => ingress.ipMode !== "Proxy")
      .map((ingress) => parseAddress(ingress.ip ?? ""))
      .filter((address) => address !== undefined);
    if (addresses.length === 0) return [];
    return [{ addresses, nodes: healthyNodes(service, nodes, nodesWithEndpoints) }];
  });
}

function healthyNodes(
  service: Service,
  nodes: readonly Node[],
  nodesWithEndpoints: (service: Service) => ReadonlySet<string>,
): string[] {
  const names = nodes.map((node) => node.metadata.name);
  if (service.spec.externalTrafficPolicy !== "Local") return names;
  const local = nodesWithEndpoints(service);
  return names.filter((name) => local.has(name));
}
