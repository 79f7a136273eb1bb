import { fc, test as propertyTest } from "@fast-check/vitest";
import { StatusError } from "@kubenetsim/core/runtime/errors";
import { outcomeLine } from "@kubenetsim/network/format/outcome";
import { cluster as clusters, toYaml } from "@kubenetsim/testing";
import { describe, expect, it } from "vitest";
import { webAndClient } from "../../test-objects.ts";
import { formatWarning } from "../warnings/warning.ts";
import { Cluster } from "./cluster.ts";

const configuration = (mode: string): string =>
  `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\nmode: ${mode}\n`;

const configMap = (mode: string): string =>
  `apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: |
${configuration(mode).replace(/^/gm, "    ")}
`;

const daemonSet = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system, labels: {k8s-app: kube-proxy}}
spec:
  selector: {matchLabels: {k8s-app: kube-proxy}}
  template:
    metadata: {labels: {k8s-app: kube-proxy}}
    spec: {hostNetwork: true, containers: [{name: kube-proxy, image: kube-proxy}]}
`;

function lab(...texts: string[]): Cluster {
  const made = Cluster.create({ nodes: ["n1", "n2"] });
  made.apply([webAndClient, ...texts].join("---\n"), { source: "lab.yaml" });
  made.settle();
  return made;
}

function change(one: Cluster, text: string): void {
  one.apply(text, { source: "change.yaml" });
  one.settle();
}

const modes = (one: Cluster): (string | undefined)[] => ["n1", "n2"].map((name) => one.node(name).proxyMode);

describe("kube-proxy's configuration", () => {
  it("is taken at the first start, from a document or from the ConfigMap", () => {
    expect(modes(lab(configuration("ipvs")))).toEqual(["ipvs", "ipvs"]);
    expect(modes(lab(configMap("ipvs")))).toEqual(["ipvs", "ipvs"]);
  });

  it("does nothing when it changes, until kube-proxy restarts; a warning says so", () => {
    const one = lab(configMap("iptables"));
    const before = one.node("n1").iptablesSave();
    change(one, configMap("ipvs"));
    expect(modes(one)).toEqual(["iptables", "iptables"]);
    expect(one.node("n1").iptablesSave()).toBe(before);
    expect(one.warnings.map(formatWarning)).toContainEqual(
      expect.stringMatching(
        /^change\.yaml:\d+:\d+.*: kube-proxy on all nodes runs with the configuration that it took/,
      ),
    );
    one.node("n2").restartKubeProxy();
    expect(modes(one)).toEqual(["iptables", "ipvs"]);
    expect(one.warnings.map(formatWarning)).toContainEqual(expect.stringMatching(/: kube-proxy on n1 runs with/));
    one.restartKubeProxy();
    expect(modes(one)).toEqual(["ipvs", "ipvs"]);
    expect(one.warnings.map(formatWarning).filter((text) => text.includes("runs with"))).toEqual([]);
  });

  it("waits on after a restore, on each node as it did", () => {
    const one = lab(configMap("iptables"));
    change(one, configMap("nftables"));
    const waiting = one.snapshot();
    one.node("n2").restartKubeProxy();
    const mixed = one.snapshot();
    const { warnings } = one;
    one.restartKubeProxy();
    one.restore(waiting);
    expect(modes(one)).toEqual(["iptables", "iptables"]);
    expect(one.node("n1").iptablesSave()).toBe(lab().node("n1").iptablesSave());
    one.restore(mixed);
    expect(modes(one)).toEqual(["iptables", "nftables"]);
    expect(one.warnings).toEqual(warnings);
    expect(modes(one.fork())).toEqual(["iptables", "nftables"]);
    expect(one.pod("client").curl("http://web").disposition).toBe("delivered");
    expect(modes(one.fork({ proxyMode: "ipvs" }))).toEqual(["ipvs", "ipvs"]);
    one.restartKubeProxy();
    expect(modes(one)).toEqual(["nftables", "nftables"]);
  });

  it("is taken when the Pod of the kube-proxy is deleted, for which the DaemonSet makes another", () => {
    const one = lab(configMap("iptables"), daemonSet);
    const podsOf = (node: string) => one.list("Pod", "kube-system").filter(({ spec }) => spec.nodeName === node);
    const [before] = podsOf("n1");
    change(one, configMap("ipvs"));
    one.delete("Pod", `kube-system/${before!.metadata.name}`);
    one.settle();
    expect(modes(one)).toEqual(["ipvs", "iptables"]);
    const pods = podsOf("n1");
    expect(pods.map(({ metadata }) => metadata.name)).toEqual([expect.stringMatching(/^kube-proxy-[a-z0-9]{5}$/)]);
    expect(pods[0]!.metadata.name).not.toBe(before!.metadata.name);
    expect(pods[0]!.status?.phase).toBe("Running");
  });

  it("is taken node by node when the DaemonSet is restarted", () => {
    const one = lab(configMap("iptables"), daemonSet);
    change(one, configMap("ipvs"));
    expect(modes(one)).toEqual(["iptables", "iptables"]);
    expect(one.kubectl`rollout restart daemonset kube-proxy -n kube-system`.exitCode).toBe(0);
    expect(modes(one)).toEqual(["ipvs", "ipvs"]);
  });

  // upstream: proxy.TestNodeManagerOnNodeChange
  it("is taken when the Node's addresses change, for which kube-proxy ends itself", () => {
    const one = lab();
    change(one, configMap("ipvs"));
    const node = one.get("Node", "n1")!;
    const addresses = [{ type: "InternalIP", address: "192.168.10.99" }];
    change(one, JSON.stringify({ ...node, status: { ...node.status, addresses } }));
    expect(modes(one)).toEqual(["ipvs", "iptables"]);
  });

  it("serves packets between nodes of different modes", () => {
    const one = lab();
    change(one, configMap("ipvs"));
    one.node("n1").restartKubeProxy();
    const trace = one.pod("client").curl("http://web");
    expect(trace.disposition).toBe("delivered");
    expect(trace.mode).toBe("ipvs, iptables");
    expect(one.node("n2").curl("http://10.96.0.80").disposition).toBe("delivered");
    expect(one.external().curl("http://192.168.10.12:30080").disposition).toBe("delivered");
  });

  it("counts less than the option proxyMode at the beginning only", () => {
    const one = Cluster.create({ nodes: ["n1", "n2"], proxyMode: "iptables" });
    change(one, configMap("ipvs"));
    expect(modes(one)).toEqual(["iptables", "iptables"]);
    change(one, configMap("ipvs"));
    one.restartKubeProxy();
    expect(modes(one)).toEqual(["ipvs", "ipvs"]);
  });
});

/** All texts of a node's kernel. */
function texts(one: Cluster, name = "n1"): string[] {
  const node = one.node(name);
  // A restarted kube-proxy makes its base chains anew, so that they come last; stale chains stay empty for a second, and
  // an element that is there already keeps its comment.
  const nft = (["IPv4", "IPv6"] as const).map((family) => {
    const text = node
      .nftList({ family })
      .replace(/\}\n\}\n$/, "}\n\n}\n")
      .replaceAll(/ comment "[^"]*"(?= :)/g, "");
    const blocks = text.split("\n\n").filter((block) => !/^\tchain \S+ \{\n\t\}$/.test(block));
    return blocks.sort().join("\n\n");
  });
  return [
    node.iptablesSave(),
    node.iptablesSave(undefined, { family: "IPv6" }),
    node.ipvsadm(),
    node.ipsetList(),
    ...nft,
  ];
}

describe("what a change of mode leaves on the node", () => {
  const switched = (from: string, to: string): Cluster => {
    const one = lab(configMap(from));
    change(one, configMap(to));
    one.restartKubeProxy();
    return one;
  };

  it("from ipvs to iptables: virtual servers, sets, kube-ipvs0 and the jumps", () => {
    const one = switched("ipvs", "iptables");
    expect(one.node("n1").ipvsadm()).toContain("TCP  10.96.0.80:80 rr");
    expect(one.node("n1").ipsetList()).toContain("Name: KUBE-CLUSTER-IP\n");
    const rules = one.node("n1").iptablesSave("filter").split("\n");
    expect(rules.filter((line) => line.startsWith("-A INPUT")).at(-1)).toContain("KUBE-NODE-PORT");
    expect(rules.filter((line) => line.startsWith("-A INPUT"))[0]).toBe("-A INPUT -j KUBE-FIREWALL");
    expect(one.node("n1").iptablesSave("nat")).toContain(":KUBE-LOAD-BALANCER - [0:0]");
    expect(one.pod("client").curl("http://web").disposition).toBe("delivered");
    // The cluster IP is an address of the node's own still: what iptables does not take is answered there.
    const stray = one.pod("client").connect("10.96.0.80:81");
    expect(stray.request.hops.at(-1)!.host).toBe("node n1");
    expect(lab().pod("client").connect("10.96.0.80:81").request.hops.at(-1)!.host).not.toBe("node n1");
  });

  it("from iptables to ipvs: the chains of Services, which nothing jumps to any more", () => {
    const one = switched("iptables", "ipvs");
    const nat = one.node("n1").iptablesSave("nat");
    expect(nat).toContain(":KUBE-SVC-");
    expect(nat).toContain("--match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT");
    expect(nat).not.toContain("-A KUBE-SERVICES -d 10.96.0.80/32");
    expect(one.node("n1").iptablesSave("filter")).toContain("-A INPUT -j KUBE-FIREWALL");
    expect(one.pod("client").curl("http://web").disposition).toBe("delivered");
  });

  // upstream: iptables.TestCleanupLeftovers, ipvs.TestCleanupLeftovers
  it("goes with kube-proxy --cleanup, but for the IPv6 sets and KUBE-FIREWALL", () => {
    const one = switched("ipvs", "iptables");
    one.node("n1").cleanupKubeProxy();
    expect(one.node("n1").ipvsadm()).not.toContain("10.96.0.80");
    const names = [
      ...one
        .node("n1")
        .ipsetList()
        .matchAll(/^Name: (\S+)$/gm),
    ].map(([, name]) => name);
    expect(names).toContain("KUBE-6-CLUSTER-IP");
    expect(names.filter((name) => !name!.startsWith("KUBE-6-"))).toEqual([]);
    // iptables-restore refuses to delete KUBE-MARK-MASQ, to which a chain of ipvs mode jumps, and all else of that input with it.
    expect(one.node("n1").iptablesSave("nat")).toContain("KUBE-SVC-");
    const failed = '"command failed" err="encountered an error while tearing down rules"';
    expect(one.node("n1").kubeProxyLog).toContain('E "Failed to execute iptables-restore" table="nat"');
    expect(one.node("n1").kubeProxyLog).toContain(`E ${failed}`);
    expect(one.fork().node("n1").kubeProxyLog).toContain(`E ${failed}`);
    expect(one.node("n2").kubeProxyLog).not.toContain(`E ${failed}`);
    expect(one.warnings.map(formatWarning)).toContain(`kube-proxy on n1, when it cleaned up: ${failed}`);
    one.node("n1").cleanupKubeProxy();
    expect(one.node("n1").kubeProxyLog.join()).not.toContain("tearing down");
    expect(one.warnings.map(formatWarning).join()).not.toContain("when it cleaned up");
    expect(one.node("n1").iptablesSave("nat")).not.toContain("KUBE-");
    const chains = one
      .node("n1")
      .iptablesSave("filter")
      .match(/:KUBE-\S+/g);
    expect(chains).toEqual([":KUBE-FIREWALL"]);
    expect(one.pod("client").curl("http://10.96.0.80").disposition).not.toBe("delivered");
    one.node("n1").restartKubeProxy();
    expect(one.node("n1").iptablesSave("nat")).toBe(lab().node("n1").iptablesSave("nat"));
    // The jump to KUBE-FIREWALL was there, and the new ones have come before it.
    const input = one
      .node("n1")
      .iptablesSave("filter")
      .match(/^-A INPUT .*$/gm);
    expect(input!.at(-1)).toBe("-A INPUT -j KUBE-FIREWALL");
    expect(outcomeLine(one.pod("client").curl("http://10.96.0.80"))).toMatch(/^ok /);
  });

  it("to nftables: nothing of iptables and ipvs mode but KUBE-FIREWALL and the IPv6 sets", () => {
    for (const from of ["iptables", "ipvs"]) {
      const node = switched(from, "nftables").node("n1");
      expect(node.run("nft list table ip kube-proxy")).toContain("chain nat-prerouting");
      const chains = (node.iptablesSave() + node.iptablesSave(undefined, { family: "IPv6" })).match(/^:KUBE-\S+/gm);
      expect(new Set(chains)).toEqual(new Set(from === "iptables" ? [":KUBE-FIREWALL"] : null));
      expect(node.ipvsadm()).not.toContain("10.96.0.80");
      expect(node.ipsetList().match(/^Name: KUBE-(?!6)/gm)).toBeNull();
      expect(switched(from, "nftables").pod("client").curl("http://web").disposition).toBe("delivered");
    }
  });

  it("from nftables: no table", () => {
    for (const to of ["iptables", "ipvs"]) {
      const one = switched("nftables", to);
      expect(one.node("n1").nftList()).toBe("");
      expect(one.node("n1").nftList({ family: "IPv6" })).toBe("");
      expect(texts(one)).toEqual(texts(lab(configMap(to))));
      expect(one.pod("client").curl("http://web").disposition).toBe("delivered");
    }
  });

  it("is not there on the fresh nodes of a fork", () => {
    const twin = lab(configMap("ipvs")).fork({ proxyMode: "iptables" });
    expect(texts(twin)).toEqual(texts(lab()));
  });
});

describe("a restarted kube-proxy", () => {
  for (const proxyMode of ["iptables", "ipvs", "nftables"] as const) {
    propertyTest.prop([fc.array(clusters({ maxNodes: 2, maxServices: 4 }), { minLength: 1, maxLength: 3 })], {
      numRuns: 10,
    })(`in ${proxyMode} mode leaves the node as one does that never ended`, (steps) => {
      const one = Cluster.create({ proxyMode });
      for (const step of steps) {
        try {
          one.apply(toYaml(step));
        } catch (problem) {
          if (!(problem instanceof StatusError)) throw problem;
        }
        one.settle();
        one.restartKubeProxy();
      }
      const fresh = Cluster.create({ proxyMode });
      fresh.restore(one.snapshot());
      for (const { metadata } of one.list("Node"))
        expect(texts(one, metadata.name)).toEqual(texts(fresh, metadata.name));
    });
  }
});

describe("bad input", () => {
  const slice = (rest: string): string => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-x, namespace: default, labels: {kubernetes.io/service-name: web}}
${rest}
`;
  for (const mode of ["iptables", "ipvs", "nftables"]) {
    const warnings = (...texts: string[]): string[] => {
      const one = lab(configuration(mode), ...texts);
      const trace = one.pod("client").curl("http://10.96.0.80");
      const own = (all: readonly string[]) => all.filter((text) => text.includes("kube-proxy: "));
      expect(own(trace.warnings!)).toEqual(own(one.warnings.map(formatWarning)));
      return own(trace.warnings!);
    };

    it(`in ${mode} mode is logged by kube-proxy in its words`, () => {
      expect(
        warnings(slice("addressType: IPv4\nports: [{port: 80}, {name: a}]\nendpoints: [{addresses: [10.244.2.9]}]")),
      ).toEqual([
        expect.stringMatching(
          /^lab\.yaml:\d+:\d+: kube-proxy: EndpointSlice default\/web-x: "Ignoring invalid endpoint port" portName="a"$/,
        ),
      ]);
      expect(warnings(slice("addressType: FQDN\nports: []\nendpoints: []"))).toEqual([
        expect.stringMatching(/: "EndpointSlice address type not supported" addressType="FQDN"$/),
      ]);
    });

    it(`in ${mode} mode: an endpoint on a node that is none is served, and a port without a protocol is TCP`, () => {
      const one = lab(
        configuration(mode),
        slice(
          "addressType: IPv4\nports: [{name: '', port: 80}]\nendpoints: [{addresses: [10.244.2.77], nodeName: nowhere}]",
        ),
      );
      const node = one.node("n1");
      const written = node.iptablesSave() + node.ipvsadm() + node.nftList();
      expect(written).toMatch(/10\.244\.2\.77(:| \. )80/);
    });

    it(`in ${mode} mode: an address that is none, and a node port that is taken, are refused by the API server`, () => {
      const one = lab(configuration(mode));
      const before = one.state;
      const bad = slice("addressType: IPv4\nports: [{name: '', port: 80}]\nendpoints: [{addresses: [zz]}]");
      expect(() => one.apply(bad)).toThrow(StatusError);
      const second =
        "apiVersion: v1\nkind: Service\nmetadata: {name: two}\nspec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}";
      expect(() => one.apply(second)).toThrow(/nodePort: Invalid value: 30080: provided port is already allocated/);
      expect(one.state).toBe(before);
    });
  }
});
