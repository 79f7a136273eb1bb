import { describeIngressClass, describeNamespace, describeServiceCidr } from "./describe-cluster-scope.ts";
import { describeConfigMap, describeSecret } from "./describe-config.ts";
import { describeEndpointSlice } from "./describe-endpoint-slice.ts";
import { describeEndpoints } from "./describe-endpoints.ts";
import { describeIngress } from "./describe-ingress.ts";
import { describeNode } from "./describe-node.ts";
import { describePod } from "./describe-pod.ts";
import { describeService } from "./describe-service.ts";
import { describeServiceAccount } from "./describe-service-account.ts";
import { describeDaemonSet, describeDeployment, describeReplicaSet, describeStatefulSet } from "./describe-workload.ts";
import type { Describer } from "./describer.ts";

/** How objects are described, by their kind. */
export const describers: Readonly<Record<string, Describer<never>>> = {
  ConfigMap: describeConfigMap,
  DaemonSet: describeDaemonSet,
  Deployment: describeDeployment,
  EndpointSlice: describeEndpointSlice,
  Endpoints: describeEndpoints,
  Ingress: describeIngress,
  IngressClass: describeIngressClass,
  Namespace: describeNamespace,
  Node: describeNode,
  Pod: describePod,
  ReplicaSet: describeReplicaSet,
  Secret: describeSecret,
  Service: describeService,
  ServiceAccount: describeServiceAccount,
  ServiceCIDR: describeServiceCidr,
  StatefulSet: describeStatefulSet,
};

/** Of these kubectl tells no events. */
export const withoutEvents: ReadonlySet<string> = new Set(["Namespace", "Secret"]);
