import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { deleteObject, putObject } from "@kubenetsim/core/apiserver/write-object";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { LoadBalancerIngress, Service } from "@kubenetsim/core/model/service";
import { parseAddress } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import { AddressPool } from "./address-pool.ts";
import { ingressOf } from "./service-balancer.ts";

/** Holds a Service until its load balancer is gone. */
export const cleanupFinalizer = "service.kubernetes.io/load-balancer-cleanup";

export interface CloudSettings {
  /** Where addresses come from. */
  readonly range: Cidr;
  /** As kube-proxy reads it: with `VIP` packets come with their destination unchanged. VIP unless given. */
  readonly ipMode?: LoadBalancerIngress["ipMode"];
  /** Addresses that are others' already. */
  readonly taken?: readonly string[];
}

export interface CloudResult {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
}

/**
 * What the service controller of a cloud does to the objects (k8s.io/cloud-provider, controllers/service/controller.go): a Service
 * that wants a load balancer is held by a finalizer and gets an address in its status: the one that `spec.loadBalancerIP` asks
 * for, else the lowest free one of the range, in the order in which the Services were created. One that wants none any more, or
 * is on its way out, loses its address and is let go. One that comes with an address keeps it as it is. Services with a `loadBalancerClass` are another controller's, and where
 * the range is full they wait.
 *
 * @example
 * assignLoadBalancers(state, { range: parseCidr("203.0.113.0/24")! }).changes;
 */
export function assignLoadBalancers(state: ClusterState, settings: CloudSettings): CloudResult {
  const services = state.tables.Service.values();
  const concerned = services.filter((service) => needsCleanUp(service) || needsSync(service));
  if (concerned.length === 0) return { state, changes: [] };
  const pool = new AddressPool(settings.range, [
    ...(settings.taken ?? []),
    ...services.flatMap((service) => ingressOf(service).map(({ ip = "" }) => ip)),
  ]);
  const changes: Change[] = [];
  let next = state;
  for (const service of concerned) {
    const written = needsCleanUp(service) ? letGo(next, service) : ensured(next, service, settings, pool);
    if (written === undefined) continue;
    next = written.state;
    changes.push(written.change);
  }
  return { state: next, changes };
}

function wantsLoadBalancer({ spec }: Service): boolean {
  return spec.type === "LoadBalancer" && spec.loadBalancerClass === undefined;
}

/** The controller holds it, and has no reason to any more. */
function needsCleanUp(service: Service): boolean {
  const { deletionTimestamp } = service.metadata;
  return isHeld(service) && (deletionTimestamp !== undefined || service.spec.type !== "LoadBalancer");
}

function needsSync(service: Service): boolean {
  if (!wantsLoadBalancer(service) || service.metadata.deletionTimestamp !== undefined) return false;
  const wanted = parseAddress(service.spec.loadBalancerIP ?? "");
  const given = ingressOf(service);
  return given.length === 0 || (wanted !== undefined && !given.some(({ ip }) => ip === wanted));
}

function isHeld({ metadata }: Service): boolean {
  return metadata.finalizers?.includes(cleanupFinalizer) === true;
}

/** Undefined where the range is full. */
function ensured(state: ClusterState, service: Service, { ipMode = "VIP" }: CloudSettings, pool: AddressPool) {
  const ip = parseAddress(service.spec.loadBalancerIP ?? "") ?? pool.next();
  if (ip === undefined) return undefined;
  pool.take(ip);
  const { finalizers = [] } = service.metadata;
  return putObject(state, {
    ...service,
    metadata: {
      ...service.metadata,
      finalizers: isHeld(service) ? finalizers : [...finalizers, cleanupFinalizer],
    },
    status: { ...service.status, loadBalancer: { ingress: [{ ip, ipMode }] } },
  });
}

/** Without an address and without the finalizer; gone, where it was only held. */
function letGo(state: ClusterState, service: Service) {
  const { finalizers = [], ...metadata } = service.metadata;
  const left = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer);
  if (metadata.deletionTimestamp !== undefined && left.length === 0) {
    return deleteObject(state, "Service", objectKey(service));
  }
  return putObject(state, {
    ...service,
    metadata: { ...metadata, ...(left.length === 0 ? {} : { finalizers: left }) },
    status: { ...service.status, loadBalancer: {} },
  });
}
