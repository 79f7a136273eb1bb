import type { IpAddress } from "@kubenetsim/core/net/address";
import { describe, expect, it } from "vitest";
import type { Endpoint } from "../snapshot/endpoint.ts";
import type { ServicePort } from "../snapshot/service-port.ts";
import { nftChainNames, nftComment, nftEndpointNames } from "./object-names.ts";

const port = (service: string, portName: string, protocol: "TCP" | "UDP" = "TCP") =>
  ({ service, portName, protocol }) as ServicePort;
const endpoint = (address: string, number: number) => ({ address: address as IpAddress, port: number }) as Endpoint;

// upstream: nftables.Test_servicePortChainNameBase, nftables.Test_servicePortEndpointChainNameBase,
// nftables.TestTruncateNFTablesComment
describe("names of nftables objects", () => {
  it.each([
    [port("ns1/svc1", "p80"), "ULMVA6XW-ns1/svc1/tcp/p80"],
    [port("default/kubernetes", "https"), "2QRHZV4L-default/kubernetes/tcp/https"],
    [port("kube-system/kube-dns", "dns", "UDP"), "FY5PMXPG-kube-system/kube-dns/udp/dns"],
    [port("default/web", ""), "PFISGYVC-default/web/tcp/"],
  ])("are those of kube-proxy's own tests: %#", (of, base) => {
    expect(nftChainNames(of)).toEqual({
      cluster: `service-${base}`,
      local: `local-${base}`,
      external: `external-${base}`,
      firewall: `firewall-${base}`,
    });
  });

  it("name an endpoint with its address, dots for an IPv6 one's colons", () => {
    expect(nftEndpointNames(port("default/web", ""), endpoint("10.244.0.10", 8080))).toEqual({
      chain: "endpoint-7NUWHSDL-default/web/tcp/__10.244.0.10/8080",
      affinitySet: "affinity-7NUWHSDL-default/web/tcp/__10.244.0.10/8080",
    });
    const v6 = nftEndpointNames(port("ns5/svc5", "p80"), endpoint("fd00:10:180::3", 80));
    expect(v6.chain).toBe("endpoint-5HFFSBBM-ns5/svc5/tcp/p80__fd00.10.180..3/80");
  });

  it("are cut to 240 characters after the prefix, comments to 128", () => {
    const long = (letter: string) => letter.repeat(63);
    const of = port(`${long("n")}/${long("s")}`, long("p"));
    const { chain } = nftEndpointNames(of, endpoint("2001:db8:1111:2222:3333:4444:5555:6666", 30000));
    expect(chain).toHaveLength("endpoint-".length + 240);
    expect(chain.endsWith("...")).toBe(true);
    expect(nftComment("c".repeat(200))).toBe("c".repeat(128));
  });
});
