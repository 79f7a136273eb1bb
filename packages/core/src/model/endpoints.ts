import type { Protocol } from "../net/protocol.ts";
import type { ObjectMeta, ObjectReference } from "./object-meta.ts";

/**
 * `v1.Endpoints`, deprecated since 1.33: the endpoints of the Service of the same name. The endpoints of a subset are
 * every one of its addresses with every one of its ports. kube-proxy read them until 1.26 (mode userspace).
 */
export interface Endpoints {
  readonly apiVersion: "v1";
  readonly kind: "Endpoints";
  readonly metadata: ObjectMeta;
  readonly subsets?: readonly EndpointSubset[] | null;
}

export interface EndpointSubset {
  /** Those that take traffic. */
  readonly addresses?: readonly EndpointAddress[] | null;
  readonly notReadyAddresses?: readonly EndpointAddress[] | null;
  readonly ports?: readonly EndpointSubsetPort[] | null;
}

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: ObjectReference;
}

/** `v1.EndpointPort`. (`EndpointPort` alone is that of a slice.) */
export interface EndpointSubsetPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: Protocol;
  readonly appProtocol?: string;
}
