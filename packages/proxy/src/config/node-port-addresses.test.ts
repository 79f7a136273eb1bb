import type { IpAddress } from "@kubenetsim/core/net/address";
import { describe, expect, it } from "vitest";
import type { ProxyNode } from "../snapshot/proxy-node.ts";
import { defaultKubeProxyConfig } from "./kube-proxy-config.ts";
import { nodePortAddresses } from "./node-port-addresses.ts";

const at = (address: string) => ({ address: address as IpAddress, prefix: 24 });
const node: ProxyNode = {
  name: "node1",
  nodeIPs: ["192.168.0.2" as IpAddress],
  addresses: [at("192.168.0.2"), at("10.244.1.1"), at("2001:db8::1")],
  zone: "",
  podCIDRs: [],
  nfacct: true,
};
const read = (family: "IPv4" | "IPv6", ...texts: string[]) =>
  nodePortAddresses({ ...defaultKubeProxyConfig, nodePortAddresses: texts }, node, family);

// upstream: util.TestGetNodeIPs, util.TestContainsExplicitLoopback, util.TestContainsIPv4Loopback,
// util.TestAddressSet, nftables.Test_useLocalhostNodePortProxy
describe("nodePortAddresses", () => {
  it("takes every address when there is no CIDR of the family", () => {
    expect(read("IPv4")).toEqual({
      matchAll: true,
      containsIPv4Loopback: true,
      containsExplicitLoopback: false,
      addresses: [],
    });
    expect(read("IPv4", "2001:db8::/64")).toMatchObject({ matchAll: true });
    expect(read("IPv6")).toMatchObject({ matchAll: true, containsIPv4Loopback: false });
  });

  it("takes the node's addresses that match", () => {
    const all = read("IPv4", "192.168.0.0/16", "127.0.0.0/8");
    expect(all).toEqual({
      matchAll: false,
      containsIPv4Loopback: true,
      containsExplicitLoopback: true,
      addresses: ["127.0.0.1", "192.168.0.2"],
    });
    expect(read("IPv4", "10.0.0.0/8")).toMatchObject({ containsIPv4Loopback: false, addresses: ["10.244.1.1"] });
  });

  it("lets a /0 outdo the others", () => {
    expect(read("IPv4", "192.168.0.0/16", "0.0.0.0/0")).toMatchObject({ matchAll: true, containsIPv4Loopback: true });
  });

  it("expands keywords; primary leaves out a family without a node IP", () => {
    expect(read("IPv4", "primary")).toMatchObject({ matchAll: false, addresses: ["192.168.0.2"] });
    expect(read("IPv6", "primary")).toMatchObject({ matchAll: true });
    expect(read("IPv4", "localhost")).toMatchObject({ containsIPv4Loopback: true, addresses: ["127.0.0.1"] });
    expect(read("IPv6", "localhost")).toMatchObject({ matchAll: false, addresses: ["::1"] });
    expect(read("IPv4", "all")).toMatchObject({ matchAll: true });
  });
});
