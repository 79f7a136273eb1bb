import type { EndpointPort, EndpointSlice } from "../../model/endpoint-slice.ts";
import type { Endpoints } from "../../model/endpoints.ts";
import type { Service } from "../../model/service.ts";
import type { IpFamily } from "../../net/address.ts";
import { controllerReferenceTo } from "../ownership.ts";

/** A slice without endpoints, still to be named, of the object that it is made for. */
export function newSlice(
  owner: Service | Endpoints,
  addressType: IpFamily,
  ports: readonly EndpointPort[],
  written: Pick<EndpointSlice["metadata"], "labels" | "annotations">,
): EndpointSlice {
  const { name, namespace } = owner.metadata;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: "",
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...written,
      ownerReferences: [controllerReferenceTo(owner)],
    },
    addressType,
    endpoints: [],
    ports,
  };
}
