import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import { boundSocket, clash, type HealthSocket, listensOn, serviceSocket } from "./health-sockets.ts";

const at = (text: string): boolean[] =>
  ["192.168.10.11", "127.0.0.1", "fd00::11", "::1"].map((address) =>
    listensOn(boundSocket(text), addressWords(address as IpAddress)),
  );

describe("what a server of kube-proxy listens on", () => {
  it.each<[string, boolean[]]>([
    ["0.0.0.0:10256", [true, true, false, false]],
    ["[::]:10256", [true, true, true, true]],
    ["127.0.0.1:10256", [false, true, false, false]],
    ["[::1]:10256", [false, false, false, true]],
  ])("%s", (text, expected) => {
    expect(at(text)).toEqual(expected);
  });

  it("for a Service is of one family only, so that both families' kube-proxies can have the port", () => {
    const node = { name: "n1", nodeIPs: [], addresses: [], zone: "", podCIDRs: [], nfacct: true };
    const health = { namespace: "ns", name: "web", port: 32_000, localEndpoints: 0 };
    const of = (family: "IPv4" | "IPv6"): HealthSocket =>
      serviceSocket(health, { config: defaultKubeProxyConfig, node, family });
    expect(clash(of("IPv4"), of("IPv6"))).toBeUndefined();
    expect(clash(of("IPv6"), boundSocket("[::]:32000"))).toBe("::");
    expect(clash(of("IPv4"), boundSocket("[::]:32000"))).toBe("0.0.0.0");
    expect(clash(of("IPv4"), boundSocket("127.0.0.1:32000"))).toBe("0.0.0.0");
    expect(clash(of("IPv4"), boundSocket("127.0.0.1:32001"))).toBeUndefined();
    expect(clash(boundSocket("127.0.0.1:1"), boundSocket("192.168.10.11:1"))).toBeUndefined();
  });
});
