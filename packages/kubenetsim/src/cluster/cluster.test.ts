import { test as propertyTest } from "@fast-check/vitest";
import { ParseError, StatusError } from "@kubenetsim/core/runtime/errors";
import { outcomeLine } from "@kubenetsim/network/format/outcome";
import { cluster as clusters, toYaml } from "@kubenetsim/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatWarning } from "../warnings/warning.ts";
import { Cluster } from "./cluster.ts";
import type { ClusterOptions } from "./cluster-options.ts";

const pods = (count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `apiVersion: v1
kind: Pod
metadata: {name: web-${i}, labels: {app: web}}
spec: {nodeName: n${(i % 2) + 1}, containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}
`,
  ).join("---\n");

const client = `apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
`;

const service = (name: string, rest = "ports: [{port: 80}]"): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: web}
  ${rest}
`;

function lab(options: ClusterOptions = {}, ...texts: string[]): Cluster {
  const made = Cluster.create({ nodes: ["n1", "n2"], ...options });
  made.apply([client, ...texts].join("---\n"), { source: "lab.yaml" });
  made.settle();
  return made;
}

/** Which Pods answer a few connections in a row. */
function answers(one: Cluster, count = 6): string[] {
  return Array.from({ length: count }, () => outcomeLine(one.pod("client").curl("web")));
}

describe("Cluster", () => {
  it("gives the same answers for the same seed", () => {
    const once = lab({ seed: "a" }, pods(5), service("web"));
    expect(answers(lab({ seed: "a" }, pods(5), service("web")))).toEqual(answers(once));
    expect(answers(lab({ seed: "b" }, pods(5), service("web")), 12)).not.toEqual(answers(once, 12));
  });

  it("says in which line of the text what decided stands", () => {
    const trace = lab({}, pods(1), service("web")).pod("client").curl("http://web");
    const origins = trace.request.hops
      .flatMap((hop) => hop.steps)
      .flatMap((step) => ("origin" in step ? step.origin : []));
    const position = origins.find((origin) => origin?.reason === "cluster IP")?.position;
    expect(position).toEqual({ source: "lab.yaml", line: 16, column: 11 });
  });

  it("leaves everything as it was when a text is refused", () => {
    const one = lab({}, service("web"));
    const before = one.state;
    expect(() => one.apply(`${service("good")}---\n${service("bad", "ports: [{port: 70000}]")}`)).toThrow(StatusError);
    expect(() => one.apply("a: [")).toThrow(ParseError);
    expect(one.state).toBe(before);
  });

  it("goes back to a snapshot", () => {
    const one = lab({}, pods(2), service("web"));
    const snapshot = one.snapshot();
    const rules = one.node("n1").iptablesSave();
    one.apply(service("other"));
    one.settle();
    expect(one.node("n1").iptablesSave()).not.toBe(rules);
    one.restore(snapshot);
    expect(one.get("Service", "default/other")).toBeUndefined();
    expect(one.node("n1").iptablesSave()).toBe(rules);
    expect(one.pod("client").curl("web").disposition).toBe("delivered");
  });

  it("goes back only to what a snapshot was", () => {
    const one = lab({}, pods(1), service("web"));
    const rules = one.node("n1").iptablesSave();
    const copies = [JSON.parse(JSON.stringify(one.snapshot())), { ...one.snapshot() }, {}, undefined];
    for (const copy of copies) expect(() => one.restore(copy)).toThrow(ParseError);
    expect(one.node("n1").iptablesSave()).toBe(rules);
  });

  it("goes back to the same connections and warnings, as often as one likes", () => {
    const one = lab({}, pods(4), service("web"));
    const snapshot = one.snapshot();
    const { warnings } = one;
    const seen = Array.from({ length: 3 }, () => {
      one.restore(snapshot);
      const traces = answers(one, 6);
      one.apply(service("other").replace("name: other", "name: other, namespace: nowhere"));
      return traces;
    });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(one.warnings.length).toBeGreaterThan(warnings.length);
    one.restore(snapshot);
    expect(one.warnings).toEqual(warnings);
  });

  it("forks into a twin whose chances go on where its original's stand", () => {
    const one = lab({}, pods(4), service("web"));
    const first = answers(one, 12);
    const twin = one.fork();
    const next = answers(one, 12);
    expect(answers(twin, 12)).toEqual(next);
    expect(next).not.toEqual(first);
  });

  it.each(["iptables", "ipvs", "nftables", "userspace"] as const)(
    "forks with the load balancer's draws: %s",
    (proxyMode) => {
      const balancer = service("lb", "type: LoadBalancer\n  ports: [{port: 80}]");
      const nodes = ["n1", "n2", "n3", "n4"];
      const one = lab({ proxyMode, nodes, loadBalancerAlgorithm: "random" }, pods(4), balancer);
      const entries = (from: Cluster): string[] =>
        Array.from({ length: 12 }, () => outcomeLine(from.external().connect("203.0.113.1:80")));
      entries(one);
      const twin = one.fork();
      const next = entries(one);
      expect(entries(twin)).toEqual(next);
      expect(entries(one.fork({ seed: "another" }))).not.toEqual(entries(one));
    },
  );

  it("forks with what outside clients it has", () => {
    const one = lab({}, pods(4), service("web", "type: NodePort\n  ports: [{port: 80, nodePort: 30080}]"));
    one.external("198.51.100.7").connect("192.168.10.11:30080");
    const twin = one.fork();
    const ask = (from: Cluster): string => outcomeLine(from.external("198.51.100.9").connect("192.168.10.11:30080"));
    expect(ask(twin)).toBe(ask(one));
  });

  it("draws on for a load balancer when something else is settled meanwhile", () => {
    const balancer = service("lb", "type: LoadBalancer\n  ports: [{port: 80}]");
    const nodes = ["n1", "n2", "n3", "n4"];
    const one = lab({ nodes }, pods(4), balancer);
    const entries = (times: number): (string | undefined)[] =>
      Array.from(
        { length: times },
        () =>
          one
            .external()
            .connect("203.0.113.1:80")
            .request.hops.find(({ hostKind }) => hostKind === "node")?.host,
      );
    const first = entries(12);
    one.settle();
    expect(entries(12)).not.toEqual(first);
  });

  it("forks into a twin that goes its own way", () => {
    const one = lab({ proxyMode: "ipvs" }, pods(4), service("web"));
    answers(one, 3);
    const twin = one.fork();
    expect(twin.node("n1").ipvsadm()).toBe(one.node("n1").ipvsadm());
    const next = answers(twin, 4);
    expect(answers(one, 4)).toEqual(next);
    twin.apply(service("other"));
    twin.settle();
    expect(one.get("Service", "default/other")).toBeUndefined();
  });

  it("forks into another data plane over the same objects", () => {
    const one = lab({}, pods(2), service("web"));
    const twin = one.fork({ proxyMode: "ipvs" });
    expect(twin.list("Service")).toEqual(one.list("Service"));
    expect(twin.node("n1").ipvsadm()).toContain("-> 10.244.1.");
    expect(one.node("n1").ipvsadm()).not.toContain("-> 10.244.");
    expect(twin.pod("client").curl("web").mode).toBe("ipvs");
    expect(one.pod("client").curl("web").mode).toBe("iptables");
  });

  it("gives load balancers an address, unless there is no cloud", () => {
    const balancer = service("lb", "type: LoadBalancer\n  ports: [{port: 80}]");
    const one = lab({}, pods(1), balancer);
    expect(one.get("Service", "default/lb")?.status?.loadBalancer?.ingress).toEqual([
      { ip: "203.0.113.1", ipMode: "VIP" },
    ]);
    expect(one.external("198.51.100.9").curl("203.0.113.1").disposition).toBe("delivered");
    const without = lab({ loadBalancerRange: false }, pods(1), balancer);
    expect(without.warnings.map(formatWarning)).toEqual([
      expect.stringMatching(/^lab\.yaml:\d+:\d+: Service default\/lb: no cloud has given it a load balancer address/),
    ]);
  });

  it("tells watchers of every write", () => {
    const one = Cluster.create({ nodes: ["n1"] });
    const seen: string[] = [];
    const stop = one.watch(({ kind, key }) => seen.push(`${kind} ${key}`));
    one.apply(service("web"));
    one.settle();
    stop();
    one.apply(service("late"));
    expect(seen[0]).toBe("Service default/web");
    expect(seen.some((entry) => entry.startsWith("EndpointSlice default/web-"))).toBe(true);
    expect(seen).not.toContain("Service default/late");
  });

  it("drives out no packet from an unsettled change", () => {
    const one = lab({}, pods(1), service("web"));
    one.apply(service("new"));
    expect(() => one.pod("client").curl("http://new")).toThrow(ParseError);
    one.settle();
    expect(one.pod("client").curl("http://new").disposition).toBe("delivered");
  });
});

/** What all nodes hold. */
function texts(one: Cluster): string[] {
  return one.list("Node").flatMap(({ metadata: { name } }) => {
    const node = one.node(name);
    return [
      ...(["IPv4", "IPv6"] as const).flatMap((family) => [
        node.iptablesSave(undefined, { family }),
        node.nftList({ family }),
      ]),
      node.ipvsadm(),
      node.ipsetList(),
    ];
  });
}

describe("when a node is looked at", () => {
  for (const proxyMode of ["iptables", "ipvs", "nftables"] as const) {
    propertyTest.prop([fc.array(clusters({ maxNodes: 2, maxServices: 4 }), { minLength: 1, maxLength: 3 })], {
      numRuns: 25,
    })(`makes no difference to what it holds in ${proxyMode} mode`, (steps) => {
      const watched = Cluster.create({ proxyMode });
      const unseen = Cluster.create({ proxyMode });
      for (const step of steps) {
        for (const one of [watched, unseen]) {
          try {
            one.apply(toYaml(step));
          } catch (problem) {
            if (!(problem instanceof StatusError)) throw problem;
          }
          one.settle();
        }
        texts(watched);
      }
      expect(texts(unseen)).toEqual(texts(watched));
    });
  }
});

describe("options", () => {
  it.each<[ClusterOptions, RegExp]>([
    [{ loadBalancerRange: "zz" }, /"zz" is not a CIDR/],
    [{ proxyMode: "nft" as never }, /mode "nft" is not modelled .*iptables, ipvs, nftables/],
    [{ proxyMode: "kernelspace" }, /mode "kernelspace" is not modelled/],
    [{ nodes: [{ name: "a", address: "zz" }] }, /address of a, "zz", is not an IP address/],
    [{ nodes: [{ name: "a", podCIDR: "zz" }] }, /podCIDR of a, "zz", is not a CIDR/],
    [{ nodes: ["a", "a"] }, /the name a stands twice/],
  ])("refuses %j at once", (options, message) => {
    expect(() => Cluster.create(options)).toThrow(message);
  });

  it("refuses an entry node that no Node is", () => {
    expect(() => lab({ entryNode: "nope" }, pods(1), service("web")).external().curl("http://10.96.0.1")).toThrow(
      /there is no Node nope/,
    );
  });

  it("says that a node, a table, a text is none", () => {
    const one = lab();
    expect(() => one.node("n3").iptablesSave()).toThrow(/there is no Node n3/);
    expect(() => one.node("n1").iptablesSave("zz" as never)).toThrow(/there is no table "zz"/);
    expect(() => one.apply({} as never)).toThrow(/apply takes YAML or JSON as a string/);
  });

  it("says where the field stands that keeps userspace mode from starting", () => {
    const one = Cluster.create({ nodes: ["n1"], proxyMode: "userspace" });
    const head = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
    one.apply(`${head}portRange: 40000-zz\n`, { source: "kp.yaml" });
    one.settle();
    expect(() => one.node("n1").iptablesSave()).toThrow(
      expect.objectContaining({
        name: "ParseError",
        message: expect.stringContaining('couldn\'t parse port range "40000-zz"'),
        position: { source: "kp.yaml", line: 3, column: 1 },
      }),
    );
  });

  it("refuses a dump that asks for sets that the node does not have", () => {
    const dump = (set: string) =>
      `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m set --match-set ${set} dst -j DROP\nCOMMIT\n`;
    const one = Cluster.create({ nodes: ["n1"], proxyMode: "ipvs" });
    one.settle();
    one.node("n1").iptablesRestore(dump("KUBE-LOOP-BACK"));
    expect(() => one.node("n1").iptablesRestore(dump("KUBE-LOOP-BAK"), { source: "dump.txt" })).toThrow(
      expect.objectContaining({
        name: "ParseError",
        message: "set KUBE-LOOP-BAK does not exist",
        position: { source: "dump.txt", line: 3, column: 29 },
        hint: "did you mean KUBE-LOOP-BACK?",
      }),
    );
    expect(one.node("n1").iptablesSave("filter")).toContain("--match-set KUBE-LOOP-BACK dst");
  });

  it("says where a scheduler stands that is not modelled", () => {
    const head =
      "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\n";
    const one = lab();
    one.apply(`${head}mode: ipvs\nipvs:\n  scheduler: zzz\n`, { source: "kp.yaml" });
    one.settle();
    one.restartKubeProxy();
    for (const ask of [() => one.node("n1").iptablesSave(), () => one.pod("client").curl("http://10.96.0.1")]) {
      expect(ask).toThrow(/scheduler "zzz" is not modelled .*rr, wrr, lc/);
      expect(ask).toThrow(expect.objectContaining({ position: expect.objectContaining({ source: "kp.yaml" }) }));
    }
  });
});

describe("warnings", () => {
  const nodeText = (name: string, podCIDR: string, address: string): string =>
    `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nspec: {podCIDR: ${podCIDR}}\nstatus: {addresses: [{type: InternalIP, address: ${address}}]}\n`;
  const texts = (...parts: string[]): string[] => {
    const one = Cluster.create();
    one.apply(parts.join("---\n"), { source: "in.yaml" });
    one.settle();
    return one.warnings.map(formatWarning);
  };

  it("tell of Nodes that share addresses", () => {
    expect(
      texts(
        nodeText("a", "10.0.0.0/16", "192.168.0.1"),
        nodeText("b", "10.0.1.0/24", "192.168.0.1"),
        nodeText("c", "10.1.0.0/24", "zz"),
      ),
    ).toEqual([
      "in.yaml:11:41: Node b: its InternalIP 192.168.0.1 is Node a's too",
      'in.yaml:17:41: Node c: its InternalIP "zz" is not an IP address',
      "in.yaml:10:8: Node b: its podCIDR 10.0.1.0/24 overlaps 10.0.0.0/16 of Node a",
    ]);
  });

  it("tell of Pods that stay pending, once for each reason", () => {
    const lost = pods(4).replaceAll("nodeName: n2", "nodeName: n1");
    const [first, ...others] = texts(nodeText("a", "10.0.0.0/16", "192.168.0.1"), lost);
    expect(first).toMatch(
      /^in\.yaml:\d+:\d+: Pod default\/web-0, .* and 1 more stays pending: node n1 does not exist$/,
    );
    expect(others).toEqual([]);
  });

  it("tell of fields that kube-proxy does not know, and of a configuration that counts for nothing", () => {
    const head =
      "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.0.0.0/16\n";
    expect(texts(nodeText("a", "10.0.0.0/16", "192.168.0.1"), `${head}schedular: x\n`, `${head}mode: ipvs\n`)).toEqual([
      'in.yaml:10:1: KubeProxyConfiguration: unknown field "schedular": kube-proxy goes on without it; did you mean ipvs.scheduler?',
      "in.yaml:8:1: this KubeProxyConfiguration counts for nothing: the one at in.yaml:13:1 comes later",
      expect.stringMatching(
        /^in\.yaml:13:1: kube-proxy on a: "Kube-proxy configuration may be incomplete or incorrect" err=/,
      ),
      expect.stringMatching(
        /^in\.yaml:13:1: kube-proxy on a: Warning IPVSDeprecation: The ipvs proxier has been deprecated/,
      ),
    ]);
  });
});
