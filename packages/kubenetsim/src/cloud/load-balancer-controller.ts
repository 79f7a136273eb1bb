import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { LoadBalancerIngress, Service } from "@kubenetsim/core/model/service";
import { parseAddress } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import { firstFree } from "./address-pool.ts";

export interface CloudResult {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
}

/**
 * What a cloud's load balancer controller does to the objects: each Service of type LoadBalancer that has no address gets
 * one in its status, in the order in which the Services were created: the one that `spec.loadBalancerIP` asks for, else
 * the lowest free one of the range. Services with a `loadBalancerClass` are another controller's and stay as they are, and
 * so does every one when the range is full.
 */
export function assignLoadBalancers(state: ClusterState, range: Cidr): CloudResult {
  const services = state.tables.Service.values();
  const waiting = services.filter(isWaiting);
  if (waiting.length === 0) return { state, changes: [] };
  const taken = new Set(services.flatMap((service) => ingressOf(service).map((ingress) => ingress.ip ?? "")));
  const changes: Change[] = [];
  let next = state;
  for (const service of waiting) {
    const address = parseAddress(service.spec.loadBalancerIP ?? "") ?? firstFree(range, taken);
    if (address === undefined) continue;
    taken.add(address);
    const written = putObject(next, withIngress(service, { ip: address, ipMode: "VIP" }));
    next = written.state;
    changes.push(written.change);
  }
  return { state: next, changes };
}

export function ingressOf(service: Service): readonly LoadBalancerIngress[] {
  return service.status?.loadBalancer?.ingress ?? [];
}

function isWaiting(service: Service): boolean {
  const { type, loadBalancerClass } = service.spec;
  return type === "LoadBalancer" && loadBalancerClass === undefined && ingressOf(service).length === 0;
}

function withIngress(service: Service, ingress: LoadBalancerIngress): Service {
  return { ...service, status: { ...service.status, loadBalancer: { ingress: [ingress] } } };
}
