import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { EndpointPort } from "../../model/endpoint-slice.ts";

const offsetBasis = 0x6c62272e07bb014262b821756295c58dn;
const prime = 0x0000000001000000000000000000013bn;

/** FNV-1a of 128 bits over the UTF-8 bytes, as 32 hexadecimal digits. */
export function fnv128a(text: string): string {
  let hash = offsetBasis;
  for (const byte of utf8ToBytes(text)) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(32, "0");
}

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
  if (ports.length < 2) return ports;
  const hashed = ports.map((port) => ({ port, hash: portHash(port) }));
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  return hashed.map(({ port }) => port);
}
