import type { Node } from "@kubenetsim/core/model/node";
import { familyOf, type IpAddress } from "@kubenetsim/core/net/address";
import { parseSloppyAddress } from "./sloppy-address.ts";

/**
 * A Node's IPs as kube-proxy takes them: the first of its InternalIPs and then ExternalIPs, and the first of these that is
 * of the other family (GetNodeHostIPs of pkg/util/node/node.go). Host names, and what is no address, are passed over.
 *
 * @example
 * nodeHostIPs(node); // ["192.168.10.11", "2001:db8::11"] with an InternalIP of IPv4 and an ExternalIP of IPv6
 */
export function nodeHostIPs({ status }: Node): IpAddress[] {
  const addresses = status?.addresses ?? [];
  const all = ["InternalIP", "ExternalIP"].flatMap((wanted) =>
    addresses.filter(({ type }) => type === wanted).flatMap(({ address }) => parseSloppyAddress(address) ?? []),
  );
  const [first] = all;
  if (first === undefined) return [];
  const other = all.find((address) => familyOf(address) !== familyOf(first));
  return other === undefined ? [first] : [first, other];
}
