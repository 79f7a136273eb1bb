import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import { takeSnapshot, updateSnapshot } from "../snapshot/snapshot.ts";
import type { IptablesProgram } from "./iptables-program.ts";
import { printRestoreInput } from "./print-restore-input.ts";
import { compileIptables, syncIptables } from "./sync-iptables.ts";

const node = {
  name: "node1",
  nodeIPs: ["192.168.0.2" as IpAddress],
  addresses: [],
  zone: "",
  podCIDRs: [],
  nfacct: false,
};

const service = (name: string, parts: Partial<Service["spec"]>): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { type: "ClusterIP", ports: [{ port: 80, protocol: "TCP" }], ...parts },
});

const slice = (of: string, ...addresses: string[]): EndpointSlice => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: `${of}-1`, namespace: "default", labels: { "kubernetes.io/service-name": of } },
  addressType: "IPv4",
  ports: [{ name: "", port: 8080, protocol: "TCP" }],
  endpoints: addresses.map((address) => ({ addresses: [address] })),
});

const text = (program: IptablesProgram): string => new TextDecoder().decode(printRestoreInput(program));

describe("printRestoreInput", () => {
  const web = slice("web", "10.244.1.5", "10.244.1.6");
  const first = compileIptables(
    takeSnapshot({
      family: "IPv4",
      node,
      config: defaultKubeProxyConfig,
      services: [
        service("api", { clusterIP: "10.96.0.2" }),
        service("web", {
          type: "NodePort",
          clusterIP: "10.96.0.1",
          ports: [{ port: 80, protocol: "TCP", nodePort: 30080 }],
        }),
      ],
      endpointSlices: [web],
    }),
  );

  // The order of lines of syncProxyRules (pkg/proxy/iptables/proxier.go); names are those of a real kube-proxy.
  it("writes each table's chains and then the rules, Service by Service", () => {
    expect(text(first)).toBe(`*filter
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-FIREWALL - [0:0]
-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-SERVICES -m comment --comment "default/api has no endpoints" -m tcp -p tcp -d 10.96.0.2 --dport 80 -j REJECT
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x00004000/0x00004000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-EXT-LOLE4ISW44XBNF3G - [0:0]
:KUBE-SVC-LOLE4ISW44XBNF3G - [0:0]
:${sep("10.244.1.5")} - [0:0]
:${sep("10.244.1.6")} - [0:0]
-A KUBE-POSTROUTING -m mark ! --mark 0x00004000/0x00004000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x00004000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x00004000
-A KUBE-SERVICES -m comment --comment "default/web cluster IP" -m tcp -p tcp -d 10.96.0.1 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
-A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web cluster IP" -m tcp -p tcp -d 10.96.0.1 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
-A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment "masquerade traffic for default/web external destinations" -j KUBE-MARK-MASQ
-A KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> 10.244.1.5:8080" -m statistic --mode random --probability 0.5000000000 -j ${sep("10.244.1.5")}
-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web -> 10.244.1.6:8080" -j ${sep("10.244.1.6")}
-A ${sep("10.244.1.5")} -m comment --comment default/web -s 10.244.1.5 -j KUBE-MARK-MASQ
-A ${sep("10.244.1.5")} -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.5:8080
-A ${sep("10.244.1.6")} -m comment --comment default/web -s 10.244.1.6 -j KUBE-MARK-MASQ
-A ${sep("10.244.1.6")} -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.6:8080
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT
`);
  });

  it("leaves out of a partial sync the chains of Services that did not change, and deletes what is stale", () => {
    const change = { kind: "EndpointSlice", before: web, after: slice("web", "10.244.1.5") };
    const next = syncIptables(first, updateSnapshot(first.snapshot, [change]));
    const lines = text(next).split("\n");
    expect(lines).toContain(`:${sep("10.244.1.6")} - [0:0]`);
    expect(lines).toContain(`-X ${sep("10.244.1.6")}`);
    expect(lines.filter((line) => line.startsWith("-A KUBE-SEP-"))).toHaveLength(2);

    const idle = syncIptables(next, next.snapshot);
    const shared = text(idle).split("\n");
    expect(shared.filter((line) => /KUBE-S(VC|EP)-/.test(line))).toEqual([
      '-A KUBE-SERVICES -m comment --comment "default/web cluster IP" -m tcp -p tcp -d 10.96.0.1 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G',
    ]);
    expect(text(idle)).toBe(text(syncIptables(idle, idle.snapshot)));
  });

  function sep(address: string): string {
    const chains = first.ruleset.tables.get("nat")!.chains.values();
    return [...chains].find(
      ({ name, rules }) => name.startsWith("KUBE-SEP-") && rules[1]!.origin!.reason.includes(address),
    )!.name;
  }
});
