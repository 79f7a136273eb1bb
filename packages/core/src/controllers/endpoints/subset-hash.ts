import type { EndpointAddress, EndpointSubset, EndpointSubsetPort } from "../../model/endpoints.ts";
import { fnv128a } from "../hash-order.ts";

/**
 * What the ports of a subset, and the subsets themselves, are sorted by: FNV-1a of the Go structure's dump, pointers
 * with their types (pkg/api/v1/endpoints/util.go, portsByHash and subsetsByHash; utils/dump ForHash).
 */
export function portHash(port: EndpointSubsetPort): string {
  return fnv128a(`(v1.EndpointPort)${portDump(port)}`);
}

export function subsetHash({ addresses, notReadyAddresses, ports }: EndpointSubset): string {
  return fnv128a(
    `(v1.EndpointSubset){Addresses:([]v1.EndpointAddress)${listDump(addresses, addressDump)} ` +
      `NotReadyAddresses:([]v1.EndpointAddress)${listDump(notReadyAddresses, addressDump)} ` +
      `Ports:([]v1.EndpointPort)${listDump(ports, portDump)}}`,
  );
}

function portDump({ name = "", port, protocol = "TCP", appProtocol = "<nil>" }: EndpointSubsetPort): string {
  return `{Name:(string)${name} Port:(int32)${port} Protocol:(v1.Protocol)${protocol} AppProtocol:(*string)${appProtocol}}`;
}

function addressDump({ ip, hostname = "", nodeName = "<nil>", targetRef }: EndpointAddress): string {
  const reference =
    targetRef === undefined
      ? "<nil>"
      : `{Kind:(string)${targetRef.kind ?? ""} Namespace:(string)${targetRef.namespace ?? ""} ` +
        `Name:(string)${targetRef.name ?? ""} UID:(types.UID)${targetRef.uid ?? ""} ` +
        `APIVersion:(string)${targetRef.apiVersion ?? ""} ResourceVersion:(string) FieldPath:(string)${targetRef.fieldPath ?? ""}}`;
  return `{IP:(string)${ip} Hostname:(string)${hostname} NodeName:(*string)${nodeName} TargetRef:(*v1.ObjectReference)${reference}}`;
}

function listDump<T>(values: readonly T[] | null | undefined, dump: (value: T) => string): string {
  return values === null || values === undefined || values.length === 0 ? "<nil>" : `[${values.map(dump).join(" ")}]`;
}
