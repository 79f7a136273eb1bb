import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "../config/kube-proxy-config.ts";
import type { ProxyNode } from "../snapshot/proxy-node.ts";
import { onNode, type ProxySnapshot, takeSnapshot, updateSnapshot } from "../snapshot/snapshot.ts";
import type { IptablesProgram } from "./iptables-program.ts";
import { restoreWords } from "./restore-words.ts";
import { compileIptables, largeClusterEndpoints, syncIptables } from "./sync-iptables.ts";

const node: ProxyNode = {
  name: "node1",
  nodeIPs: ["192.168.0.2" as IpAddress],
  addresses: [],
  zone: "",
  podCIDRs: [],
  nfacct: true,
};

const service = (i: number): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: `svc${i}`, namespace: "default" },
  spec: { clusterIP: `10.96.0.${i}`, ports: [{ name: "http", port: 80, protocol: "TCP" }] },
});

const slice = (i: number, endpoints: number): EndpointSlice => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: `svc${i}-a`, namespace: "default", labels: { "kubernetes.io/service-name": `svc${i}` } },
  addressType: "IPv4",
  ports: [{ name: "http", port: 8080, protocol: "TCP" }],
  endpoints: Array.from({ length: endpoints }, (_, e) => ({ addresses: [`10.${i}.${e >> 8}.${e & 255}`] })),
});

const snapshotOf = (...sizes: number[]): ProxySnapshot =>
  takeSnapshot({
    family: "IPv4",
    node,
    config: defaultKubeProxyConfig,
    services: sizes.map((_, i) => service(i + 1)),
    endpointSlices: sizes.map((size, i) => slice(i + 1, size)),
  });

const resize = (snapshot: ProxySnapshot, i: number, from: number, to: number): ProxySnapshot =>
  updateSnapshot(snapshot, [{ kind: "EndpointSlice", before: slice(i, from), after: slice(i, to) }]);

function natInput({ input }: IptablesProgram) {
  return input.tables.find((table) => table.name === "nat")!;
}

/** Do the rules of this Service's endpoint chains have comments? */
function hasComments(program: IptablesProgram, i: number): boolean {
  const chains = [...program.ruleset.tables.get("nat")!.chains.values()].filter(
    (chain) => chain.name.startsWith("KUBE-SEP-") && chain.rules[0]!.origin!.object === `Service default/svc${i}`,
  );
  return chains.length > 0 && chains.every((chain) => restoreWords(chain.rules[0]!).includes("--comment"));
}

describe("syncIptables", () => {
  it("writes everything at first, then the chains of the changed Service and the top-level ones", () => {
    const first = snapshotOf(1, 1, 1);
    const cold = compileIptables(first);
    expect(cold.sync).toBe("full");
    expect(natInput(cold).chains).toHaveLength(4 + 3 * 2);

    const next = syncIptables(cold, resize(first, 2, 1, 2));
    expect(next.sync).toBe("partial");
    expect(natInput(next).chains).toHaveLength(4 + 3);
    expect(natInput(next).deleted).toEqual([]);
  });

  it("deletes the chains of what is gone", () => {
    const first = snapshotOf(1, 2);
    const next = syncIptables(compileIptables(first), resize(first, 2, 2, 1));
    expect(natInput(next).deleted).toHaveLength(1);
    expect(natInput(next).deleted[0]).toMatch(/^KUBE-SEP-/);
    expect(natInput(syncIptables(next, next.snapshot)).deleted).toEqual([]);
  });

  it("writes everything again when it is told to, or the node changes", () => {
    const first = snapshotOf(1, 1);
    const cold = compileIptables(first);
    expect(natInput(syncIptables(cold, first)).chains).toHaveLength(4);
    expect(natInput(syncIptables(cold, first, { full: true })).chains).toHaveLength(4 + 2 * 2);
    const elsewhere = { ...first, basis: { ...first.basis, node: { ...node, zone: "b" } } };
    expect(syncIptables(cold, elsewhere).sync).toBe("full");
  });

  it("routes localhost only where node ports are served there", () => {
    const { sysctls, snapshot } = compileIptables(snapshotOf(1));
    expect([...sysctls]).toEqual([["net/ipv4/conf/all/route_localnet", 1]]);
    const config = { ...defaultKubeProxyConfig, nodePortAddresses: ["192.168.0.0/24"] };
    expect([...compileIptables({ ...snapshot, basis: { ...snapshot.basis, config } }).sysctls]).toEqual([]);
  });

  it("refuses other modes by name", () => {
    const { basis, ...rest } = snapshotOf(1);
    const mode = (name: "nftables" | "userspace") => ({ ...basis, config: { ...basis.config, mode: name } });
    expect(() => compileIptables({ ...rest, basis: mode("nftables") })).toThrow(UnsupportedError);
    expect(() => compileIptables({ ...rest, basis: mode("userspace") })).toThrow('proxy mode "userspace"');
  });
});

// As kube-proxy's TestSyncProxyRulesLargeClusterMode has it.
// upstream: iptables.TestSyncProxyRulesLargeClusterMode
describe("a large cluster", () => {
  const half = largeClusterEndpoints / 2;

  it("begins above 1000 endpoints, and writes no comments per endpoint from then on", () => {
    const small = compileIptables(snapshotOf(half, half));
    expect([small.largeCluster, hasComments(small, 1), hasComments(small, 2)]).toEqual([false, true, true]);

    const large = syncIptables(small, resize(small.snapshot, 2, half, half + 1));
    expect([large.largeCluster, hasComments(large, 1), hasComments(large, 2)]).toEqual([true, true, false]);

    const full = syncIptables(large, large.snapshot, { full: true });
    expect([hasComments(full, 1), hasComments(full, 2)]).toEqual([false, false]);
  });

  it("leaves what it wrote without comments when it grows small again", () => {
    const large = compileIptables(snapshotOf(half, half, 1));
    const small = syncIptables(large, resize(large.snapshot, 3, 1, 0));
    expect([small.largeCluster, hasComments(small, 1)]).toEqual([false, false]);
  });

  it("keeps stale chains until a clean-up is due", () => {
    const large = compileIptables(snapshotOf(half + 1, half + 1));
    const next = syncIptables(large, resize(large.snapshot, 2, half + 1, half));
    expect(natInput(next).deleted).toEqual([]);
    expect(next.stale).toHaveLength(1);
    expect(next.ruleset.tables.get("nat")!.chains.has(next.stale[0]!.name)).toBe(true);

    expect(syncIptables(next, next.snapshot, { now: 30_000 }).stale).toEqual(next.stale);
    const cleaned = syncIptables(next, next.snapshot, { now: 30_001 });
    expect(natInput(cleaned).deleted).toEqual([next.stale[0]!.name]);
    expect(cleaned.stale).toEqual([]);

    const returned = syncIptables(next, resize(next.snapshot, 2, half, half + 1));
    expect(returned.stale).toEqual([]);
  });
});

describe("kube-proxies of nodes that one Service tells apart", () => {
  const local = (i: number): Service => {
    const one = service(i);
    return { ...one, spec: { ...one.spec, internalTrafficPolicy: "Local" } };
  };
  const onNodes = (i: number): EndpointSlice => {
    const one = slice(i, 2);
    return { ...one, endpoints: one.endpoints!.map((endpoint, e) => ({ ...endpoint, nodeName: `node${e + 1}` })) };
  };
  const inZones = (i: number): EndpointSlice => {
    const one = slice(i, 2);
    const hints = (e: number) => ({ forZones: [{ name: e === 0 ? "a" : "b" }] });
    return { ...one, endpoints: one.endpoints!.map((endpoint, e) => ({ ...endpoint, hints: hints(e) })) };
  };
  const seen = (): ProxySnapshot =>
    takeSnapshot({
      family: "IPv4",
      node,
      config: { ...defaultKubeProxyConfig },
      services: [service(1), local(2), service(3)],
      endpointSlices: [slice(1, 3), onNodes(2), inZones(3)],
    });
  const other: ProxyNode = { ...node, name: "node2", nodeIPs: ["192.168.0.3" as IpAddress], zone: "b" };

  it("have the chains of all other Services in common", () => {
    const snapshot = seen();
    const one = compileIptables(onNode(snapshot, { ...node, zone: "a" }));
    const shared = (zone: string) => {
      const { blocks } = compileIptables(onNode(snapshot, { ...other, zone }));
      return [1, 2, 3].map((i) => blocks.get(`default/svc${i}`) === one.blocks.get(`default/svc${i}`));
    };
    expect(shared("a")).toEqual([true, false, true]);
    expect(shared("b")).toEqual([true, false, false]);
  });

  it("write what each would write alone", () => {
    const snapshot = seen();
    const nodes = [{ ...node, zone: "a" }, other, { ...other, zone: "a" }, { ...other, nfacct: false }];
    for (const one of nodes) {
      const shared = printIptablesSave(compileIptables(onNode(snapshot, one)).ruleset);
      expect(shared).toBe(printIptablesSave(compileIptables(onNode(seen(), one)).ruleset));
    }
  });
});
