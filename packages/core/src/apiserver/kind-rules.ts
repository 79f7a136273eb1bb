import type { Kind, KindMap } from "../model/api-object.ts";
import { configMapRules } from "./kinds/config-map.ts";
import { controllerRevisionRules } from "./kinds/controller-revision.ts";
import { daemonSetRules } from "./kinds/daemon-set.ts";
import { endpointSliceRules } from "./kinds/endpoint-slice.ts";
import { endpointsRules } from "./kinds/endpoints.ts";
import { eventRules } from "./kinds/event.ts";
import { ingressRules } from "./kinds/ingress.ts";
import { ingressClassRules } from "./kinds/ingress-class.ts";
import { namespaceRules } from "./kinds/namespace.ts";
import { nodeRules } from "./kinds/node.ts";
import { podRules } from "./kinds/pod.ts";
import type { KindRules } from "./kinds/rules.ts";
import { secretRules } from "./kinds/secret.ts";
import { serviceAccountRules } from "./kinds/service-account.ts";
import { serviceCidrRules } from "./kinds/service-cidr.ts";
import { statefulSetRules } from "./kinds/stateful-set.ts";
import { deploymentRules, replicaSetRules } from "./kinds/workload.ts";
import { serviceRules } from "./service/service-rules.ts";

/** The rules of every stored kind. */
export const kindRules: { readonly [K in Kind]: KindRules<KindMap[K]> } = {
  Namespace: namespaceRules,
  Node: nodeRules,
  Pod: podRules,
  Service: serviceRules,
  Endpoints: endpointsRules,
  EndpointSlice: endpointSliceRules,
  Deployment: deploymentRules,
  ReplicaSet: replicaSetRules,
  StatefulSet: statefulSetRules,
  DaemonSet: daemonSetRules,
  ControllerRevision: controllerRevisionRules,
  ServiceAccount: serviceAccountRules,
  Event: eventRules,
  ConfigMap: configMapRules,
  ServiceCIDR: serviceCidrRules,
  Ingress: ingressRules,
  IngressClass: ingressClassRules,
  Secret: secretRules,
};
