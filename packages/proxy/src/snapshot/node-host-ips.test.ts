import type { Node } from "@kubenetsim/core/model/node";
import { describe, expect, it } from "vitest";
import { nodeHostIPs } from "./node-host-ips.ts";

type Addresses = NonNullable<NonNullable<Node["status"]>["addresses"]>;

const nodeWith = (addresses: Addresses): Node => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "node1" },
  status: { addresses },
});

// pkg/util/node/node_test.go, TestGetNodeHostIPs
describe("a Node's IPs", () => {
  const cases: readonly [string, Addresses, readonly string[]][] = [
    ["none without addresses", [], []],
    ["no host name", [{ type: "Hostname", address: "node1" }], []],
    ["nothing that is no address", [{ type: "InternalIP", address: "node1" }], []],
    [
      "only the external one",
      [
        { type: "Hostname", address: "node1" },
        { type: "ExternalIP", address: "4.3.2.1" },
      ],
      ["4.3.2.1"],
    ],
    [
      "internal before external",
      [
        { type: "ExternalIP", address: "4.3.2.1" },
        { type: "InternalIP", address: "1.2.3.4" },
      ],
      ["1.2.3.4"],
    ],
    [
      "the other family's from an external one",
      [
        { type: "ExternalIP", address: "2001:db8::11" },
        { type: "InternalIP", address: "1.2.3.4" },
      ],
      ["1.2.3.4", "2001:db8::11"],
    ],
    [
      "the first of each family",
      [
        { type: "InternalIP", address: "fc01:2345::1" },
        { type: "InternalIP", address: "fc01:2345::2" },
        { type: "InternalIP", address: "1.2.3.4" },
        { type: "InternalIP", address: "9.9.9.9" },
      ],
      ["fc01:2345::1", "1.2.3.4"],
    ],
    ["addresses with leading zeros", [{ type: "InternalIP", address: "010.0.0.01" }], ["10.0.0.1"]],
  ];
  for (const [name, addresses, ips] of cases) {
    it(`are ${name}`, () => expect(nodeHostIPs(nodeWith(addresses))).toEqual(ips));
  }
});
