import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { NftCommand, NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "../config/kube-proxy-config.ts";
import type { ProxyNode } from "../snapshot/proxy-node.ts";
import { type SnapshotChange, takeSnapshot, updateSnapshot } from "../snapshot/snapshot.ts";
import { afterRefusal, withServiceCIDRs } from "./nftables-program.ts";
import { compileNftables, syncNftables } from "./sync-nftables.ts";

const node: ProxyNode = {
  name: "node1",
  nodeIPs: ["192.168.0.2" as IpAddress],
  addresses: [{ address: "192.168.0.2" as IpAddress, prefix: 24 }],
  zone: "",
  podCIDRs: [],
  nfacct: false,
};

const nftables: KubeProxyConfig = { ...defaultKubeProxyConfig, mode: "nftables", nodePortAddresses: ["primary"] };

const service = (name: string, parts: Partial<Service["spec"]> = {}): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { type: "ClusterIP", clusterIP: "10.96.0.1", ports: [{ port: 80, protocol: "TCP" }], ...parts },
});

const slice = (name: string, ...endpoints: SliceEndpoint[]): EndpointSlice => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name, namespace: "default", labels: { "kubernetes.io/service-name": name } },
  addressType: "IPv4",
  ports: [{ name: "", port: 8080, protocol: "TCP" }],
  endpoints,
});

const at = (address: string, nodeName = "node2"): SliceEndpoint => ({ addresses: [address], nodeName });

const take = (services: Service[], endpointSlices: EndpointSlice[], config = nftables) =>
  takeSnapshot({ family: "IPv4", node, config, services, endpointSlices });

const replace = (before: Service | EndpointSlice, after: Service | EndpointSlice | undefined): SnapshotChange => ({
  kind: before.kind,
  before,
  after,
});

/** `add rule service-…`, `delete element cluster-ips`: a command in a few words. */
function words(command: NftCommand): string {
  switch (command.object) {
    case "rule":
      return `add rule ${command.chain}`;
    case "element":
      return `${command.verb} element ${command.set}`;
    case "chain":
    case "set":
    case "map":
      return `${command.verb} ${command.object} ${nameOf(command)}`;
    default:
      return `${command.verb} ${command.object}`;
  }
}

function nameOf(command: Extract<NftCommand, { object: "chain" | "set" | "map" }>): string {
  if (command.verb !== "add") return command.name;
  return command.object === "chain" ? command.chain.name : command.set.name;
}

const said = (transactions: readonly NftTransaction[]): string[][] =>
  transactions.map(({ commands }) => commands.map(words));

const web = service("web");
const one = slice("web", at("10.244.1.5"));
const sticky = service("web", { sessionAffinity: "ClientIP" });
const chain = "service-PFISGYVC-default/web/tcp/";

describe("syncNftables", () => {
  it("refuses another mode", () => {
    expect(() => compileNftables(take([], [], defaultKubeProxyConfig))).toThrow(UnsupportedError);
  });

  it("makes the base chains anew at its first sync only", () => {
    const snapshot = take([], []);
    const first = syncNftables(undefined, snapshot);
    expect(said(first.transactions)[0]!.slice(0, 3)).toEqual([
      "add table",
      "add chain filter-prerouting-pre-dnat",
      "delete chain filter-prerouting-pre-dnat",
    ]);
    const second = syncNftables(first, snapshot, { full: true });
    expect(said(second.transactions)[0]!.slice(1, 3)).toEqual([
      "add chain filter-prerouting-pre-dnat",
      "flush chain filter-prerouting-pre-dnat",
    ]);
  });

  it("writes only what changed", () => {
    const more = slice("web", at("10.244.1.5"), at("10.244.1.6", "node1"));
    const snapshot = take([web, service("other", { clusterIP: "10.96.0.2" })], [one]);
    const first = syncNftables(undefined, snapshot);
    const next = syncNftables(first, updateSnapshot(snapshot, [replace(one, more)]));
    expect(said(next.transactions)).toEqual([
      ["add element hairpin-connections", `add chain ${chain}`, `flush chain ${chain}`, `add rule ${chain}`],
    ]);
    expect(next.sync).toBe("partial");
  });

  // upstream: nftables.TestSyncProxyRulesTruncatesNoEndpointServiceComment
  it("cuts the name of a Service without endpoints to what a comment holds", () => {
    const name = "n".repeat(63);
    const ports = [{ name: "p".repeat(63), port: 80, protocol: "TCP" as const }];
    const table = compileNftables(take([service(name, { ports })], []));
    const [element] = table.sets.get("no-endpoint-services")!.elements;
    expect(element?.comment).toBe(`default/${name}:${"p".repeat(63)}`.slice(0, 128));
  });

  it("empties a chain that nothing uses, and deletes it more than a second later, at a sync", () => {
    const snapshot = take([web], [one]);
    const first = syncNftables(undefined, snapshot, { now: 0 });
    const gone = updateSnapshot(snapshot, [replace(web, undefined)]);
    const second = syncNftables(first, gone, { now: 5000 });
    expect(said(second.transactions)).toEqual([
      [`flush chain ${chain}`, "delete element cluster-ips", "delete element service-ips"],
    ]);
    expect(second.table.chains.has(chain)).toBe(true);

    const other = service("other", { clusterIP: "10.96.0.2" });
    const third = updateSnapshot(gone, [{ kind: "Service", before: undefined, after: other }]);
    expect(said(syncNftables(second, third, { now: 6000 }).transactions)[0]).toContain(`flush chain ${chain}`);
    const later = syncNftables(second, third, { now: 6001 });
    expect(said(later.transactions)).toEqual([
      [`delete chain ${chain}`],
      ["add element cluster-ips", "add element no-endpoint-services"],
    ]);
    expect(later.table.chains.has(chain)).toBe(false);
  });

  it("keeps a chain that is used again before it was deleted", () => {
    const snapshot = take([web], [one]);
    const first = syncNftables(undefined, snapshot, { now: 0 });
    const gone = updateSnapshot(snapshot, [replace(web, undefined)]);
    const second = syncNftables(first, gone, { now: 5000 });
    const third = syncNftables(second, updateSnapshot(gone, [{ kind: "Service", before: undefined, after: web }]), {
      now: 5500,
    });
    expect(third.staleChains.size).toBe(0);
    expect(third.table.chains.get(chain)?.rules).toHaveLength(1);
  });

  it("deletes affinity sets at once, after the chains that used them", () => {
    const snapshot = take([sticky], [one]);
    const first = syncNftables(undefined, snapshot);
    const next = syncNftables(first, updateSnapshot(snapshot, [replace(sticky, web)]));
    expect(said(next.transactions)).toEqual([
      [
        `add chain ${chain}`,
        `flush chain ${chain}`,
        `add rule ${chain}`,
        "flush chain endpoint-T6OEKE6Q-default/web/tcp/__10.244.1.5/8080",
        "delete set affinity-T6OEKE6Q-default/web/tcp/__10.244.1.5/8080",
      ],
    ]);
  });

  it("leaves an element's comment as it is while its verdict stays", () => {
    const snapshot = take([web], []);
    const first = syncNftables(undefined, snapshot);
    const heir = service("heir");
    const next = updateSnapshot(snapshot, [
      replace(web, undefined),
      { kind: "Service", before: undefined, after: heir },
    ]);
    const second = syncNftables(first, next);
    expect(second.transactions).toEqual([]);
    expect(second.table.sets.get("no-endpoint-services")?.elements[0]).toMatchObject({ comment: "default/web" });
  });

  it("writes an element that two Services want differently once for each, at every sync", () => {
    const a = service("a", { externalIPs: ["198.51.100.1"] });
    const b = service("b", { clusterIP: "10.96.0.2", externalIPs: ["198.51.100.1"] });
    const slices = [slice("a", at("10.244.1.5")), slice("b", at("10.244.1.6"))];
    const snapshot = take([a, b], slices);
    const first = syncNftables(undefined, snapshot);
    const other = service("c", { clusterIP: "10.96.0.3" });
    const next = syncNftables(first, updateSnapshot(snapshot, [{ kind: "Service", before: undefined, after: other }]));
    const contested = said(next.transactions)[0]!.filter((text) => text.endsWith("element service-ips"));
    expect(contested).toEqual([
      "delete element service-ips",
      "add element service-ips",
      "delete element service-ips",
      "add element service-ips",
    ]);
    const last = updateSnapshot(snapshot, [replace(b, undefined)]);
    const alone = syncNftables(first, last);
    expect(alone.elements.contested.size).toBe(0);
    expect(alone.table.sets.get("service-ips")?.elements.map(({ verdict }) => verdict)).toEqual(
      compileNftables(last)
        .sets.get("service-ips")
        ?.elements.map(({ verdict }) => verdict),
    );
  });

  // upstream: nftables.TestProxier_OnServiceCIDRsChanged
  it("reads ServiceCIDRs at its next full sync, not when they come", () => {
    const snapshot = take([web], [one]);
    const first = syncNftables(undefined, snapshot);
    const after = {
      apiVersion: "networking.k8s.io/v1",
      kind: "ServiceCIDR",
      metadata: { name: "kubernetes" },
      spec: { cidrs: ["10.96.0.0/12"] },
    };
    const next = updateSnapshot(snapshot, [{ kind: "ServiceCIDR", before: undefined, after }]);
    const second = withServiceCIDRs(first, next);
    expect(second.transactions).toEqual([]);
    expect(second.table.chains.get("cluster-ips-check")?.rules).toHaveLength(1);
    const full = syncNftables(second, next, { full: true });
    expect(full.table.chains.get("cluster-ips-check")?.rules).toHaveLength(2);
  });

  it("writes everything when an hour has passed", () => {
    const snapshot = take([web], [one]);
    const first = syncNftables(undefined, snapshot, { now: 0 });
    expect(syncNftables(first, snapshot, { now: 3_600_000 })).toMatchObject({ sync: "partial", transactions: [] });
    expect(syncNftables(first, snapshot, { now: 3_600_001 })).toMatchObject({ sync: "full", lastFull: 3_600_001 });
  });

  it("does not delete stale chains after nft refused a transaction", () => {
    const snapshot = take([web], [one]);
    const gone = updateSnapshot(snapshot, [replace(web, undefined)]);
    const second = syncNftables(syncNftables(undefined, snapshot, { now: 0 }), gone, { now: 5000 });
    const next = syncNftables(afterRefusal(second), gone, { full: true, now: 9000 });
    expect(next.transactions).toHaveLength(1);
    expect([...next.staleChains]).toEqual([[chain, 9000]]);
  });

  // upstream: nftables.TestSyncProxyRulesStartup
  it("finds what another kube-proxy has left: it writes the difference of the elements, and empties chains", () => {
    const before = syncNftables(undefined, take([sticky], [one]));
    const next = take([service("other")], []);
    const restarted = syncNftables(undefined, next, { kernel: () => before.table, now: 9000 });
    const commands = said(restarted.transactions)[0]!;
    expect(commands).not.toContain("add element cluster-ips");
    expect(commands.slice(-4)).toEqual([
      `flush chain endpoint-T6OEKE6Q-default/web/tcp/__10.244.1.5/8080`,
      `flush chain ${chain}`,
      "delete set affinity-T6OEKE6Q-default/web/tcp/__10.244.1.5/8080",
      "delete element service-ips",
    ]);
    expect([...restarted.staleChains.values()]).toEqual([9000, 9000]);
  });
});
