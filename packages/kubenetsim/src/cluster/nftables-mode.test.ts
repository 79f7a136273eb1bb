import { fc, test as propertyTest } from "@fast-check/vitest";
import { outcomeLine } from "@kubenetsim/network/format/outcome";
import { ratio } from "@kubenetsim/network/shares/ratio";
import { cluster as clusters, toYaml } from "@kubenetsim/testing";
import { describe, expect, it } from "vitest";
import { webAndClient } from "../../test-objects.ts";
import { Cluster } from "./cluster.ts";

const lone = `apiVersion: v1
kind: Service
metadata: {name: lone}
spec: {clusterIP: 10.96.0.90, ports: [{port: 80}]}
`;

const configuration = (mode: string): string =>
  `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\nmode: ${mode}\n`;

function lab(mode: string): Cluster {
  const made = Cluster.create({ nodes: ["n1", "n2"] });
  made.apply([configuration(mode), webAndClient].join("---\n"));
  made.settle();
  return made;
}

function change(one: Cluster, text: string): void {
  one.apply(text);
  one.settle();
}

describe("nftables mode", () => {
  it("serves Services as nftables mode does", () => {
    const one = lab("nftables");
    const ask = (url: string): string => outcomeLine(one.pod("client").curl(url)).split(" ")[0]!;
    expect(ask("http://web")).toBe("ok");
    expect(one.external().curl("http://192.168.10.12:30080").disposition).toBe("delivered");
    // A port that the cluster IP does not have, a cluster IP that nobody has, a node port on an address that is not primary.
    expect(ask("http://10.96.0.80:81")).toBe("refused");
    expect(ask("http://10.96.0.200")).toBe("timeout");
    expect(ask("http://10.244.2.1:30080")).toBe("refused");
  });

  it("lists its table in both families, and nothing of iptables", () => {
    const node = lab("nftables").node("n1");
    expect(node.nftList()).toContain("elements = { tcp . 30080 : goto external-PFISGYVC-default/web/tcp/ }");
    expect(node.nftList({ family: "IPv6" })).toMatch(/^table ip6 kube-proxy \{/);
    expect(node.iptablesSave()).not.toContain("KUBE-");
  });

  // upstream: nftables.TestCleanupLeftoversDeletesExistingTables, nftables.TestCleanupLeftoversNotFoundIgnored
  it("removes what iptables mode left, and is removed by it", () => {
    const one = lab("iptables");
    change(one, configuration("nftables"));
    one.node("n1").restartKubeProxy();
    expect(one.node("n1").iptablesSave()).not.toContain("KUBE-SERVICES");
    expect(one.node("n1").nftList()).toContain("service-PFISGYVC-default/web/tcp/");
    expect(one.pod("client").curl("http://web").disposition).toBe("delivered");
    change(one, configuration("iptables"));
    one.node("n1").restartKubeProxy();
    expect(one.node("n1").nftList()).toBe("");
    expect(one.pod("client").curl("http://web").disposition).toBe("delivered");
  });

  it("starts on a table that another kube-proxy left", () => {
    const one = lab("nftables");
    const before = one.node("n1").nftList();
    one.node("n1").restartKubeProxy();
    expect(sortedLines(one.node("n1").nftList())).toEqual(sortedLines(before));
  });

  it("writes everything anew after nft has refused a transaction, since the table was gone", () => {
    const one = lab("nftables");
    one.node("n1").cleanupKubeProxy();
    expect(one.node("n1").nftList()).toBe("");
    change(one, lone);
    expect(one.node("n1").nftList()).toBe("");
    const more = lone.replace("lone", "more").replace("10.96.0.90", "10.96.0.91");
    change(one, more);
    const fresh = lab("nftables");
    change(fresh, `${lone}---\n${more}`);
    expect(sortedLines(one.node("n1").nftList())).toEqual(sortedLines(fresh.node("n1").nftList()));
  });

  it("deletes the chains of a Service that went at a later sync", () => {
    const one = lab("nftables");
    one.delete("Service", "default/web");
    one.settle();
    expect(one.node("n1").nftList()).toContain("chain service-PFISGYVC-default/web/tcp/ {\n\t}");
    one.clock.advance(2000);
    change(one, lone);
    expect(one.node("n1").nftList()).not.toContain("PFISGYVC");
  });
});

function sortedLines(text: string): string[] {
  return text.split("\n").sort();
}

describe("node ports on localhost in nftables mode", () => {
  const more = `apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}
`;
  const served = `${configuration("nftables")}nodePortAddresses: [primary, localhost]
featureGates: {KubeProxyNFTablesLocalhostNodePorts: true}
`;
  const start = (config: string, ...texts: string[]): Cluster => {
    const one = Cluster.create({ nodes: ["n1", "n2"] });
    one.apply([config, webAndClient, more, ...texts].join("---\n"));
    one.settle();
    return one;
  };
  const sticky = webAndClient.split("---\n")[2]!.replace("type: NodePort", "type: NodePort, sessionAffinity: ClientIP");
  const local = "http://127.0.0.1:30080";
  const podOf = (one: Cluster): string => outcomeLine(one.node("n1").curl(local)).split(" ")[1]!;
  const pods = (one: Cluster): string[] => Array.from({ length: 30 }, () => podOf(one));

  it("are refused without the feature gate", () => {
    expect(start(configuration("nftables")).node("n1").curl(local).disposition).not.toBe("delivered");
  });

  it("are served with all alpha gates too, unless this one is off", () => {
    const gates = (more: string): Cluster =>
      start(served.replace(/featureGates: .*/, `featureGates: {AllAlpha: true, GenericWorkload: true${more}}`));
    const off = ", KubeProxyNFTablesLocalhostNodePorts: false";
    expect(gates("").node("n1").curl(local).disposition).toBe("delivered");
    expect(gates(off).node("n1").curl(local).disposition).not.toBe("delivered");
  });

  // upstream: nftables.TestLocalhostNodePortProxy, localnodeportproxy.TestSyncNodePorts_AddAndRemove,
  // localnodeportproxy.TestNoSessionAffinity_SpreadsAcrossEndpoints
  it("are kube-proxy's own: it dials an endpoint drawn for each connection", () => {
    const one = start(served);
    const trace = one.node("n1").curl(local);
    expect(trace.disposition).toBe("delivered");
    expect(new Set(pods(one)).size).toBe(2);
    const relays = trace.request.hops.flatMap(({ steps }) => steps.filter((step) => step.kind === "relay"));
    expect(relays).toMatchObject([{ process: "kube-proxy on n1", by: "random", endpoints: 2, dialTimeoutMs: 5000 }]);
    expect(one.node("n1").curl("http://127.0.0.2:30080").disposition).not.toBe("delivered");
    expect(one.node("n1").curl("http://10.244.1.1:30080").disposition).toBe("refused");
    const half = ratio(1n, 2n);
    expect(
      one
        .node("n1")
        .shares("127.0.0.1:30080")
        .map(({ chance }) => chance),
    ).toEqual([half, half]);
  });

  // upstream: localnodeportproxy.TestSessionAffinity_PinsToSingleEndpoint,
  // localnodeportproxy.TestSessionAffinity_Expires
  it("keep to an endpoint with session affinity until nobody has come for its time", () => {
    const one = start(served, sticky);
    const first = pods(one);
    expect(new Set(first).size).toBe(1);
    expect(new Set(pods(one.fork()))).toEqual(new Set(first));
    one.clock.advance(10_800_000);
    expect(podOf(one)).toBe(first[0]);
  });
});

describe("a copy of a cluster in nftables mode", () => {
  propertyTest.prop([clusters(), fc.nat()], { numRuns: 20 })("fares as the cluster would have", (generated, choice) => {
    const yaml = toYaml(generated);
    const build = (): Cluster => {
      const made = Cluster.create({ proxyMode: "nftables", seed: "copies" });
      made.apply(yaml);
      made.settle();
      return made;
    };
    const there = build();
    const copy = build().fork();
    const services = there.list("Service").filter(({ metadata }) => metadata.name !== "kubernetes");
    const victim = services[choice % Math.max(1, services.length)];
    for (const one of [there, copy]) {
      if (victim !== undefined) one.delete("Service", `${victim.metadata.namespace}/${victim.metadata.name}`);
      one.settle();
    }
    for (const { metadata } of there.list("Node")) {
      expect(copy.node(metadata.name).nftList()).toBe(there.node(metadata.name).nftList());
    }
  });
});
