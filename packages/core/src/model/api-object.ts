import type { ConfigMap } from "./config-map.ts";
import type { ControllerRevision } from "./controller-revision.ts";
import type { DaemonSet } from "./daemon-set.ts";
import type { EndpointSlice } from "./endpoint-slice.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Event } from "./event.ts";
import type { Ingress, IngressClass } from "./ingress.ts";
import type { Namespace } from "./namespace.ts";
import type { Node } from "./node.ts";
import type { Deployment, Pod, ReplicaSet } from "./pod.ts";
import type { Secret } from "./secret.ts";
import type { Service } from "./service.ts";
import type { ServiceAccount } from "./service-account.ts";
import type { ServiceCIDR } from "./service-cidr.ts";
import type { StatefulSet } from "./stateful-set.ts";

/** Every kind that the API server stores, by its `kind`. */
export interface KindMap {
  readonly Namespace: Namespace;
  readonly Node: Node;
  readonly Pod: Pod;
  readonly Service: Service;
  readonly Endpoints: Endpoints;
  readonly EndpointSlice: EndpointSlice;
  readonly Deployment: Deployment;
  readonly ReplicaSet: ReplicaSet;
  readonly StatefulSet: StatefulSet;
  readonly DaemonSet: DaemonSet;
  readonly ControllerRevision: ControllerRevision;
  readonly ServiceAccount: ServiceAccount;
  readonly Event: Event;
  readonly ConfigMap: ConfigMap;
  readonly ServiceCIDR: ServiceCIDR;
  readonly Ingress: Ingress;
  readonly IngressClass: IngressClass;
  readonly Secret: Secret;
}

export type Kind = keyof KindMap;
export type ApiObject = KindMap[Kind];

/** `namespace/name`, or `name` for what has no namespace: the key of an object within its kind. */
export type ObjectKey = string;

export function objectKey(object: {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}): ObjectKey {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
