import { expect, test } from "vitest";
import { Cluster } from "../cluster/cluster.ts";

const modes = ["iptables", "ipvs", "nftables"] as const;

/** Three nodes in two zones, with Services that ask for local endpoints, for the zone, for sources. */
function lab(mode: (typeof modes)[number]): Cluster {
  const nodes = ["a", "a", "b"].map((zone, i) => ({ name: `n${i + 1}`, zone }));
  const cluster = Cluster.create({ nodes, proxyMode: mode, seed: "shared" });
  const spec = { selector: { app: "web" }, ports: [{ port: 80 }] };
  const services = [
    ["plain", {}],
    ["local", { internalTrafficPolicy: "Local" }],
    ["outside", { type: "LoadBalancer", externalTrafficPolicy: "Local", loadBalancerSourceRanges: ["203.0.113.0/24"] }],
    ["near", { trafficDistribution: "PreferSameZone" }],
  ] as const;
  cluster.kubectl`create deployment web --image=nginx --replicas=5 --port=80`;
  for (const [name, more] of services) {
    cluster.apply(
      JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name }, spec: { ...spec, ...more } }),
    );
  }
  cluster.settle();
  return cluster;
}

function textsOf(cluster: Cluster, name: string): string {
  const node = cluster.node(name);
  const mode = node.proxyMode;
  if (mode === "nftables") return node.run("nft list ruleset");
  return `${node.iptablesSave()}${mode === "ipvs" ? node.ipvsadm() + node.run("ipset list") : ""}`;
}

test.each(modes)("what a node gets in %s mode does not hang on which nodes were asked before it", (mode) => {
  const alone = ["n1", "n2", "n3"].map((name) => textsOf(lab(mode), name));
  const together = lab(mode);
  expect(["n3", "n1", "n2"].map((name) => textsOf(together, name))).toEqual([alone[2], alone[0], alone[1]]);
  expect(new Set(alone).size).toBeGreaterThan(1);
  together.kubectl`scale deployment web --replicas=2`;
  together.settle();
  const later = ["n1", "n2", "n3"].map((name) => textsOf(together, name));
  const fresh = lab(mode);
  fresh.kubectl`scale deployment web --replicas=2`;
  fresh.settle();
  expect(["n3", "n2", "n1"].map((name) => textsOf(fresh, name)).reverse()).toEqual(later);
});

test("nodes that share what a Service adds have elements, counters and affinity of their own", () => {
  const sent = (asked: readonly string[]) => {
    const cluster = lab("nftables");
    cluster.kubectl`scale deployment web --replicas=2`;
    cluster.apply(
      JSON.stringify({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "sticky" },
        spec: { clusterIP: "10.96.7.7", selector: { app: "web" }, ports: [{ port: 80 }], sessionAffinity: "ClientIP" },
      }),
    );
    cluster.settle();
    for (const name of asked) textsOf(cluster, name);
    const traces = ["n2", "n3"].map((name) => cluster.trace({ from: `node/${name}`, to: "10.96.7.7:80" }));
    return [...traces.map(String), ...["n1", "n2", "n3"].map((name) => textsOf(cluster, name))];
  };
  const [first, second, ...texts] = sent([]);
  expect(sent(["n3", "n1", "n2"])).toEqual([first, second, ...texts]);
  expect(texts.map((text) => text.match(/ expires 3h/g)?.length ?? 0)).toEqual([0, 1, 1]);
});
