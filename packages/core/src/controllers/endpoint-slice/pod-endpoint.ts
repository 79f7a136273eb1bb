import type { SliceEndpoint } from "../../model/endpoint-slice.ts";
import type { Node } from "../../model/node.ts";
import type { Pod } from "../../model/pod.ts";
import type { Service } from "../../model/service.ts";
import { type IpFamily, parseAddress } from "../../net/address.ts";
import { isPodReady, isPodTerminal, isPodTerminating, podAddresses } from "../pod-conditions.ts";

/** Whether a Pod can be an endpoint at all: it has an address and has not ended. Terminating ones stay. */
export function isPublishable(pod: Pod): boolean {
  return !isPodTerminal(pod) && podAddresses(pod).length > 0;
}

/** A Pod as an endpoint of one address family, or undefined when it has no address of that family. */
export function podEndpoint(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  family: IpFamily,
): SliceEndpoint | undefined {
  const addresses = addressesOfFamily(pod, family);
  if (addresses.length === 0) return undefined;
  const { name, namespace, uid } = pod.metadata;
  const serving = isPodReady(pod);
  const terminating = isPodTerminating(pod);
  const zone = node?.metadata.labels?.["topology.kubernetes.io/zone"];
  return {
    addresses,
    conditions: conditionsOf(
      service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    ),
    ...(hasServiceHostname(pod, service) ? { hostname: pod.spec.hostname! } : {}),
    targetRef: {
      kind: "Pod",
      ...(namespace === undefined ? {} : { namespace }),
      name,
      ...(uid === undefined ? {} : { uid }),
    },
    ...(pod.spec.nodeName === undefined || pod.spec.nodeName === "" ? {} : { nodeName: pod.spec.nodeName }),
    ...(zone === undefined || zone === "" ? {} : { zone }),
  };
}

/** All there are, each once: most endpoints have the same. */
const allConditions: readonly NonNullable<SliceEndpoint["conditions"]>[] = Array.from({ length: 8 }, (_, bits) =>
  Object.freeze({ ready: (bits & 1) !== 0, serving: (bits & 2) !== 0, terminating: (bits & 4) !== 0 }),
);

function conditionsOf(
  ready: boolean,
  serving: boolean,
  terminating: boolean,
): NonNullable<SliceEndpoint["conditions"]> {
  return allConditions[(ready ? 1 : 0) | (serving ? 2 : 0) | (terminating ? 4 : 0)]!;
}

/** What makes two endpoints the same one: it may change its conditions, node and zone in place. */
export function endpointIdentity(endpoint: SliceEndpoint): string {
  const { targetRef } = endpoint;
  return JSON.stringify([
    [...endpoint.addresses].sort(),
    endpoint.hostname ?? "",
    targetRef?.namespace ?? "",
    targetRef?.name ?? "",
  ]);
}

/** Whether an endpoint of the same identity would be written as it is. */
export function sameEndpointDetails(a: SliceEndpoint, b: SliceEndpoint): boolean {
  return (
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    a.conditions?.ready === b.conditions?.ready &&
    a.conditions?.serving === b.conditions?.serving &&
    a.conditions?.terminating === b.conditions?.terminating &&
    a.targetRef?.kind === b.targetRef?.kind &&
    a.targetRef?.uid === b.targetRef?.uid &&
    a.targetRef?.apiVersion === b.targetRef?.apiVersion &&
    a.targetRef?.fieldPath === b.targetRef?.fieldPath
  );
}

export function addressesOfFamily(pod: Pod, family: IpFamily): string[] {
  const addresses = podAddresses(pod).filter((ip) => ip.includes(":") === (family === "IPv6"));
  // A list that `map` makes has no room for more; endpoints keep theirs.
  return addresses.map((ip) => parseAddress(withoutLeadingZeros(ip)) ?? ip);
}

/** Go's ParseIPSloppy takes 010.0.0.1 for 10.0.0.1. */
function withoutLeadingZeros(ip: string): string {
  return ip.includes(":") || !/(^|\.)0[0-9]/.test(ip) ? ip : ip.replace(/(^|\.)0+(?=[0-9])/g, "$1");
}

export function hasServiceHostname(pod: Pod, service: Service): boolean {
  const { hostname = "", subdomain } = pod.spec;
  return (
    hostname !== "" && subdomain === service.metadata.name && pod.metadata.namespace === service.metadata.namespace
  );
}
