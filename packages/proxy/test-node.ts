import type { IpAddress } from "@kubenetsim/core/net/address";
import type { ProxyNode } from "./src/snapshot/proxy-node.ts";

/** The node that tests of this package let kube-proxy run on. */
export const testNode: ProxyNode = {
  name: "node1",
  nodeIPs: ["192.168.0.2" as IpAddress],
  addresses: [{ address: "192.168.0.2" as IpAddress, prefix: 24 }],
  zone: "zone-a",
  podCIDRs: ["10.244.1.0/24"],
  nfacct: true,
};
