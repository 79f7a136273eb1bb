import type { Node } from "@kubenetsim/core/model/node";
import * as fc from "fast-check";

export const zoneLabel = "topology.kubernetes.io/zone";
export const ownNode = "node1";

const hostname = { type: "Hostname", address: ownNode } as const;
const internal = (address: string) => ({ type: "InternalIP", address }) as const;
const external = (address: string) => ({ type: "ExternalIP", address }) as const;

/**
 * The Node that a kube-proxy runs on: of one family, of both with either first, with a host name and ExternalIPs, or without
 * an address.
 */
export function proxyHostNode(): fc.Arbitrary<Node> {
  return fc
    .record({
      addresses: fc.constantFrom(
        [internal("192.168.10.11")],
        [internal("192.168.10.11"), internal("fd00:10::11")],
        [internal("fd00:10::11"), internal("192.168.10.11")],
        [internal("fd00:10::11")],
        [external("fd00:20::1"), hostname, internal("192.168.10.11")],
        [hostname, external("192.168.20.1")],
        [],
      ),
      podCIDRs: fc.constantFrom(["10.244.1.0/24"], ["10.244.1.0/24", "fd00:10:244:1::/64"]),
      labels: zoneLabels(),
    })
    .map(({ addresses, podCIDRs, labels }) => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: ownNode, labels },
      spec: { podCIDR: podCIDRs[0]!, podCIDRs },
      status: { addresses },
    }));
}

export function zoneLabels(): fc.Arbitrary<Readonly<Record<string, string>>> {
  return fc.constantFrom<Readonly<Record<string, string>>>(
    {},
    { [zoneLabel]: "zone-a" },
    { [zoneLabel]: "zone-b" },
    { [zoneLabel]: "" },
  );
}

export function nodeAddresses(): fc.Arbitrary<readonly string[]> {
  return fc.subarray(["192.168.10.11/24", "192.168.20.1/16", "172.16.0.5/12", "fd00:10::11/64", "fd00:20::1/64"]);
}
