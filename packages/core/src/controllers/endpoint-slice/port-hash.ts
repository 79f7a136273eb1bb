import type { EndpointPort } from "../../model/endpoint-slice.ts";
import { fnv128a, sortedByHash } from "../hash-order.ts";

/**
 * What the ports of a slice are sorted by: the hash of the Go structure's dump, pointers with their types and names
 * without quotes (endpointslice util/controller_utils.go portsInOrder; utils/dump ForHash).
 */
export function portHash(port: EndpointPort): string {
  return fnv128a(
    `(v1.EndpointPort){Name:(*string)${port.name ?? "<nil>"} Protocol:(*v1.Protocol)${port.protocol ?? "<nil>"} ` +
      `Port:(*int32)${port.port ?? "<nil>"} AppProtocol:(*string)${port.appProtocol ?? "<nil>"}}`,
  );
}

/** The ports in the order in which a slice lists them. */
export function sortPorts(ports: readonly EndpointPort[]): readonly EndpointPort[] {
  return sortedByHash(ports, portHash);
}
