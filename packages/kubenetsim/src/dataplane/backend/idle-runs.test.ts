import { describe, expect, it } from "vitest";
import { Cluster } from "../../cluster/cluster.ts";

const service = (name: string, address: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { clusterIP: address, ports: [{ name: "http", port: 80 }] },
  });

const slice = JSON.stringify({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "a-1", namespace: "default", labels: { "kubernetes.io/service-name": "a" } },
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.244.1.9"], nodeName: "n1", conditions: { ready: true } }],
  ports: [{ name: "http", port: 8080, protocol: "TCP" }],
});

const serviceCIDR = JSON.stringify({
  apiVersion: "networking.k8s.io/v1",
  kind: "ServiceCIDR",
  metadata: { name: "more" },
  spec: { cidrs: ["10.112.0.0/16"] },
});

const configuration = (mode: string, more = "{}"): string =>
  JSON.stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clusterCIDR: "10.244.0.0/16",
    mode,
    ...JSON.parse(more),
  });

function lab(config: string): Cluster {
  const made = Cluster.create({ nodes: ["n1"] });
  change(made, config, service("a", "10.96.3.1"), slice);
  return made;
}

function change(one: Cluster, ...texts: string[]): void {
  one.apply(texts.join("\n---\n"), { source: "objects.yaml" });
  one.settle();
}

const empty = ["nat", "filter"].map((table) => `*${table}\nCOMMIT\n`).join("");
const nat = (one: Cluster): string => one.node("n1").iptablesSave("nat");

/** Chains that rules jump to and that are not there. */
function missingChains(text: string): string[] {
  const there = new Set([...text.matchAll(/^:(\S+)/gm)].map(([, name]) => name!));
  return [...text.matchAll(/-j (KUBE-\S+)/g)].map(([, name]) => name!).filter((name) => !there.has(name));
}

describe("an iptables kube-proxy whose rules somebody has flushed", () => {
  const flushes: readonly [string, (one: Cluster) => void][] = [
    ["by iptables-restore", (one) => one.node("n1").iptablesRestore(empty)],
    ["by kube-proxy --cleanup", (one) => one.node("n1").cleanupKubeProxy()],
  ];
  for (const [name, flush] of flushes) {
    it(`${name} misses its canary within the sync period, and writes all of them again`, () => {
      const one = lab(configuration("iptables", '{"iptables":{"syncPeriod":"40s"}}'));
      const before = nat(one);
      flush(one);
      one.settle();
      one.clock.advance(39_999);
      expect(nat(one)).not.toContain("KUBE-SEP");
      one.clock.advance(1);
      expect(nat(one).split("\n").sort()).toEqual(before.split("\n").sort());
      expect(one.node("n1").connect("10.96.3.1:80").disposition).toBe("delivered");
    });

    it(`${name} finds its next partial restore refused, and writes all of them after the sync period`, () => {
      const one = lab(configuration("iptables"));
      flush(one);
      change(one, service("b", "10.96.3.2"));
      expect(missingChains(nat(one))).toEqual([]);
      expect(one.node("n1").kubeProxyLog.at(-1)).toMatch(/^E "Failed to execute iptables-restore" err=.*Chain 'KUBE-S/);
      expect(nat(one)).not.toContain("KUBE-SEP");
      change(one, service("c", "10.96.3.3"));
      expect(nat(one), "the sync after a failed one is full").toContain("-A PREROUTING");
      expect(nat(one)).toContain("KUBE-SEP");
    });
  }

  it("tries again by itself after the sync period when its canary is still there", () => {
    const one = lab(configuration("iptables"));
    const canaries = ["mangle", "nat", "filter"].map((table) => `*${table}\n:KUBE-PROXY-CANARY - [0:0]\nCOMMIT\n`);
    one.clock.advance(10_000);
    one.node("n1").iptablesRestore(canaries.join(""));
    one.clock.advance(60_000);
    expect(nat(one), "nobody has noticed").not.toContain("KUBE-SEP");
    change(one, service("b", "10.96.3.2"));
    expect(nat(one)).not.toContain("KUBE-SEP");
    one.clock.advance(29_999);
    expect(nat(one)).not.toContain("KUBE-SEP");
    one.clock.advance(1);
    expect(nat(one)).toContain("KUBE-SEP");
  });

  it("waits five seconds for the canaries of other tables to go too", () => {
    const one = lab(configuration("iptables"));
    one.node("n1").iptablesRestore("*nat\n:KUBE-PROXY-CANARY - [0:0]\nCOMMIT\n");
    one.clock.advance(34_999);
    expect(nat(one)).not.toContain("KUBE-SEP");
    one.clock.advance(1);
    expect(nat(one)).toContain("KUBE-SEP");
  });
});

describe("a kube-proxy to which nothing happens", () => {
  it("in nftables mode runs a full sync when the hour since its last run is over", () => {
    const one = lab(configuration("nftables"));
    const ranges = (): string | undefined =>
      /ip daddr (.*) drop comment/.exec(one.node("n1").run("nft list table ip kube-proxy"))?.[1];
    one.clock.advance(1_800_000);
    change(one, service("b", "10.96.3.2"));
    change(one, serviceCIDR);
    one.clock.advance(3_600_000);
    expect(ranges()).toBe("10.96.0.0/12");
    one.clock.advance(1);
    expect(ranges()).toBe("{ 10.96.0.0-10.112.255.255 }");
  });

  it("in nftables mode finds by the hour that its table has gone, and after the sync period that nft has refused a change", () => {
    const one = lab(configuration("nftables", '{"nftables":{"syncPeriod":"20s"}}'));
    const table = (): string => one.node("n1").nftList();
    const before = table();
    one.node("n1").cleanupKubeProxy();
    one.settle();
    one.clock.advance(3_600_001);
    expect(table()).toBe(before);

    one.node("n1").cleanupKubeProxy();
    one.settle();
    change(one, service("b", "10.96.3.2"));
    one.clock.advance(19_999);
    expect(table()).toBe("");
    one.clock.advance(1);
    expect(table()).toContain("10.96.3.2");
  });

  it("in iptables mode writes everything by the hour", () => {
    const one = lab(configuration("iptables"));
    const canaries = ["mangle", "nat", "filter"].map((table) => `*${table}\n:KUBE-PROXY-CANARY - [0:0]\nCOMMIT\n`);
    const before = nat(one);
    one.node("n1").iptablesRestore(canaries.join(""));
    one.clock.advance(3_600_000);
    expect(nat(one)).not.toContain("KUBE-SEP");
    one.clock.advance(1);
    expect(nat(one).split("\n").sort()).toEqual(before.split("\n").sort());
  });

  it("has after many hours what it would have had if somebody had looked each hour", () => {
    for (const mode of ["iptables", "nftables"]) {
      const [seldom, often] = [lab(configuration(mode)), lab(configuration(mode))];
      for (const one of [seldom, often]) {
        one.delete("Service", "default/a");
        one.settle();
      }
      const text = (one: Cluster): string => nat(one) + one.node("n1").nftList();
      for (let hour = 0; hour < 5; hour++) {
        often.clock.advance(3_600_100);
        text(often);
      }
      seldom.clock.advance(5 * 3_600_100);
      expect(text(seldom)).toBe(text(often));
    }
  });
});
