import { test as propertyTest } from "@fast-check/vitest";
import type { Service } from "@kubenetsim/core/model/service";
import { familyOf, type IpAddress } from "@kubenetsim/core/net/address";
import { ParseError, StatusError } from "@kubenetsim/core/runtime/errors";
import type { RelayStep } from "@kubenetsim/core/trace/step";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { outcomeLine } from "@kubenetsim/network/format/outcome";
import { cluster as clusters, toYaml } from "@kubenetsim/testing";
import { describe, expect, it } from "vitest";
import { formatWarning } from "../warnings/warning.ts";
import { Cluster } from "./cluster.ts";
import type { ClusterOptions } from "./cluster-options.ts";

const objects = (spec = ""): string => `apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, clusterIP: 10.96.0.80, type: NodePort, ports: [{port: 80, nodePort: 30080}]${spec}}
`;

function lab(spec = "", options: ClusterOptions = { proxyMode: "userspace" }): Cluster {
  const made = Cluster.create({ nodes: ["n1", "n2"], ...options });
  made.apply(objects(spec), { source: "lab.yaml" });
  made.settle();
  return made;
}

const relayOf = (trace: Trace): RelayStep | undefined =>
  trace.request.hops.flatMap(({ steps }) => steps).find((step) => step.kind === "relay");

describe("a cluster in userspace mode", () => {
  it("takes a packet by REDIRECT to kube-proxy, and on by a connection of the node's own", () => {
    const trace = lab().pod("client").curl("http://web");
    const [, first, second] = trace.request.hops;
    expect([first!.host, second!.host]).toEqual(["node n1", "node n1"]);
    expect(first!.steps).toContainEqual(
      expect.objectContaining({ kind: "rule", chain: "KUBE-PORTALS-CONTAINER", target: "REDIRECT" }),
    );
    expect(first!.steps.at(-1)).toMatchObject({ kind: "socket", process: "kube-proxy on n1", listening: true });
    expect(relayOf(trace)).toMatchObject({ servicePort: "default/web", by: "round robin", position: 1, endpoints: 3 });
    expect(outcomeLine(trace)).toMatch(
      /^ok default\/web-\S+:80 client=10\.244\.1\.\d+ seen=(192\.168\.10\.11|10\.244\.1\.1)$/,
    );
    expect(trace.reply!.hops.at(-1)!.host).toBe("pod default/client");
    // Both connections count: two look-ups of conntrack on the client's node for the request, one where the Pod is.
    expect(trace.request.cost.conntrackLookups).toBeGreaterThanOrEqual(2);
  });

  it("gives each Pod every third connection, and the same bytes for the same seed", () => {
    const [one, other] = [lab(), lab()];
    const receivers = (of: Cluster) => Array.from({ length: 9 }, () => of.pod("client").curl("http://web").receiver!);
    const seen = receivers(one);
    expect(new Set(seen).size).toBe(3);
    expect(seen.slice(3, 6)).toEqual(seen.slice(0, 3));
    expect(seen.slice(6)).toEqual(seen.slice(0, 3));
    expect(receivers(other)).toEqual(seen);
    expect(other.node("n2").iptablesSave()).toBe(one.node("n2").iptablesSave());
  });

  it("keeps a client with one Pod where the Service has affinity, whatever node port it comes by", () => {
    const sticky = lab(", sessionAffinity: ClientIP");
    const receivers = Array.from({ length: 5 }, () => sticky.pod("client").curl("http://web").receiver);
    expect(new Set(receivers).size).toBe(1);
    expect(relayOf(sticky.pod("client").curl("http://web"))?.by).toBe("affinity");
    expect(sticky.external().connect("192.168.10.11:30080").disposition).toBe("delivered");
  });

  it("serves node ports to those outside, on the node itself and on its loopback", () => {
    const one = lab();
    for (const trace of [
      one.external().connect("192.168.10.12:30080"),
      one.node("n1").connect("192.168.10.11:30080"),
      one.node("n1").connect("127.0.0.1:30080"),
      one.node("n1").connect("10.96.0.80:80"),
    ]) {
      expect(outcomeLine(trace)).toMatch(/^ok /);
    }
  });

  it("sends a UDP client's datagrams where the last one went, and forgets its flows with the Service", () => {
    const dns = `apiVersion: v1
kind: Pod
metadata: {name: dns, labels: {app: dns}}
spec: {nodeName: n2, containers: [{name: a, image: a, ports: [{containerPort: 53, protocol: UDP}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: dns}
spec: {selector: {app: dns}, clusterIP: 10.96.0.53, ports: [{port: 53, protocol: UDP}]}
`;
    const one = lab();
    one.apply(dns, { source: "dns.yaml" });
    one.settle();
    const flows = () =>
      one
        .node("n1")
        .iptablesSave("nat")
        .match(/10\.96\.0\.53/g)?.length ?? 0;
    expect(outcomeLine(one.pod("client").connect("10.96.0.53:53/udp"))).toMatch(/^ok default\/dns:53 /);
    expect(flows()).toBe(2);
    one.delete("Service", "default/dns");
    one.settle();
    expect([flows(), one.pod("client").connect("10.96.0.53:53/udp").disposition]).toEqual([0, "no-route"]);
  });

  it("closes connections to a Service without endpoints", () => {
    const one = lab();
    one.apply(objects().replace("replicas: 3", "replicas: 0"), { source: "lab.yaml" });
    one.settle();
    const trace = one.pod("client").curl("http://web");
    expect(outcomeLine(trace)).toBe("closed");
    expect(trace.reason).toBe("kube-proxy on n1 accepted it and closed it again: default/web has no endpoint");
  });

  it("takes other Pods into its turns as they come, and gives a changed Service another port", () => {
    const one = lab();
    const before = one.node("n1").iptablesSave();
    one.apply(objects().replace("replicas: 3", "replicas: 5"), { source: "lab.yaml" });
    one.settle();
    expect(one.node("n1").iptablesSave()).toBe(before);
    const receivers = Array.from({ length: 5 }, () => one.pod("client").curl("http://web").receiver);
    expect(new Set(receivers).size).toBe(5);
    one.apply(objects(", sessionAffinity: ClientIP").replace("replicas: 3", "replicas: 5"), { source: "lab.yaml" });
    one.settle();
    expect(one.node("n1").iptablesSave()).not.toBe(before);
    expect(one.pod("client").curl("http://web").disposition).toBe("delivered");
  });

  it("is forked with its turns; shares are as the next turn is, and take none", () => {
    const one = lab();
    one.pod("client").curl("http://web");
    const shares = one.pod("client").shares("http://web");
    expect(shares).toHaveLength(1);
    const twin = one.fork();
    const next = one.pod("client").curl("http://web").receiver;
    expect(shares[0]!.host).toBe(next);
    expect(twin.pod("client").curl("http://web").receiver).toBe(next);
    expect(one.fork({ proxyMode: "iptables" }).pod("client").curl("http://web").disposition).toBe("delivered");
  });

  it("leaves its chains behind for another mode; what jumps there comes after the new ones", () => {
    const one = lab("", { kubeProxy: { mode: "userspace" } });
    const config = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\n";
    one.apply(`${config}clusterCIDR: 10.244.0.0/16\n`, { source: "config.yaml" });
    one.settle();
    one.restartKubeProxy();
    const nat = one.node("n1").iptablesSave("nat");
    expect(nat).toContain("KUBE-PORTALS-CONTAINER");
    expect(nat.indexOf("-j KUBE-SERVICES")).toBeLessThan(nat.indexOf("-j KUBE-PORTALS-CONTAINER"));
    const trace = one.pod("client").curl("http://web");
    expect([trace.disposition, relayOf(trace)]).toEqual(["delivered", undefined]);
    one.node("n1").cleanupKubeProxy();
    expect(one.node("n1").iptablesSave("nat")).not.toContain("KUBE-PORTALS");
  });
});

describe("how userspace mode is asked for", () => {
  const config = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: userspace\n";
  const configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: |
${config.replace(/^/gm, "    ")}
`;

  it.each([
    ["a document", config],
    ["the ConfigMap", configMap],
  ])("not by %s, which kube-proxy 1.37 refuses at any time; the hint says how", (_, text) => {
    for (const options of [{}, { proxyMode: "userspace" as const }]) {
      const one = lab("", options);
      const before = [one.state, one.proxyConfig];
      const apply = () => one.apply(text, { source: "config.yaml" });
      expect(apply).toThrow(StatusError);
      expect(apply).toThrow(
        'KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "userspace": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])',
      );
      try {
        apply();
      } catch (error) {
        const { hint, position } = error as StatusError;
        expect(hint).toContain("leave mode out here and give --mode userspace");
        expect(position?.source).toMatch(/^config\.yaml/);
      }
      expect([one.state, one.proxyConfig]).toEqual(before);
    }
  });

  it("beside a configuration that names no mode or another one", () => {
    for (const mode of ["", "mode: ipvs\n"]) {
      const one = Cluster.create({ nodes: ["n1"], proxyMode: "userspace" });
      one.apply(config.replace("mode: userspace\n", `${mode}portRange: 40000-40009\n`), { source: "config.yaml" });
      one.settle();
      expect([one.node("n1").proxyMode, one.proxyConfig.userspace.portRange]).toEqual(["userspace", "40000-40009"]);
    }
  });

  it.each([
    [{ bindAddress: "127.0.0.1" }, "cannot proxy on localhost"],
    [{ userspace: { portRange: "9-8", udpIdleTimeoutMs: 250 } }, 'couldn\'t parse port range "9-8"'],
  ])("%j keeps it from starting", (kubeProxy, message) => {
    const create = () => Cluster.create({ nodes: ["n1"], proxyMode: "userspace", kubeProxy });
    expect(create).toThrow(ParseError);
    expect(create).toThrow(message);
  });

  it("a port range is where the proxies listen", () => {
    const one = lab("", {
      proxyMode: "userspace",
      kubeProxy: { userspace: { portRange: "40000-40009", udpIdleTimeoutMs: 250 } },
    });
    expect(one.node("n1").iptablesSave("nat")).toMatch(/10\.96\.0\.80\/32 .* --to-ports 4000\d$/m);
  });
});

describe("what kube-proxy in userspace mode cannot do", () => {
  const logged = (one: Cluster): string[] =>
    one.warnings.map(formatWarning).filter((text) => text.includes("kube-proxy"));

  it("it logs in its words: SCTP, a port that is taken, a range that is used up", () => {
    const sctp = lab();
    sctp.apply(
      "apiVersion: v1\nkind: Service\nmetadata: {name: sigtran}\nspec: {ports: [{name: m3ua, port: 2905, protocol: SCTP}]}\n",
      { source: "sctp.yaml" },
    );
    sctp.settle();
    const line =
      '"Failed to start proxy" err="SCTP is not supported for user space proxy" serviceName="default/sigtran:m3ua"';
    expect(logged(sctp)).toEqual([expect.stringMatching(/^sctp\.yaml:4:\d+: kube-proxy on all nodes: /)]);
    expect(logged(sctp)[0]).toContain(line);
    const trace = sctp.pod("client").curl("http://web");
    expect(trace.warnings).toEqual([expect.stringContaining(line)]);
    expect(sctp.fork({ proxyMode: "iptables" }).warnings.map(formatWarning).join()).not.toContain("user space");

    const kubeProxy = { userspace: { portRange: "30080-30081", udpIdleTimeoutMs: 250 } };
    const taken = lab("", { proxyMode: "userspace", kubeProxy });
    taken.apply("apiVersion: v1\nkind: Service\nmetadata: {name: third}\nspec: {ports: [{port: 80}]}\n");
    taken.settle();
    expect(logged(taken)).toEqual([
      expect.stringContaining(
        '"Failed to allocate proxy port" err="port allocation failed; there are no remaining ports left to allocate in the accepted range" serviceName="default/third"',
      ),
      expect.stringContaining(
        '"Failed to ensure portal" err="can\'t open node port for <nil>:30080/TCP: listen tcp :30080: bind: address already in use" servicePortName="default/web"',
      ),
    ]);
  });

  it("an external IP that is the node's own is the first Service's, on that node", () => {
    const one = lab(", externalIPs: [192.168.10.11]");
    one.apply(
      "apiVersion: v1\nkind: Service\nmetadata: {name: z}\nspec: {externalIPs: [192.168.10.11], ports: [{port: 80}]}\n",
      { source: "z.yaml" },
    );
    one.settle();
    expect(logged(one)).toEqual([
      'z.yaml:4:46: kube-proxy on n1: "Failed to ensure portal" err="Port conflict detected on port 192.168.10.11:80/TCP.  default/z vs default/web" servicePortName="default/z"',
    ]);
  });
});

describe("bad input in userspace mode", () => {
  const slice = (rest: string): string => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-x, namespace: default, labels: {kubernetes.io/service-name: web}}
${rest}
`;

  it("slices are not read, so nothing is logged of them and nothing served by them", () => {
    const one = lab();
    const before = one.node("n1").iptablesSave();
    one.apply(slice("addressType: IPv4\nports: [{port: 80}, {name: a}]\nendpoints: [{addresses: [10.244.2.9]}]"));
    one.settle();
    expect(one.warnings.map(formatWarning).filter((text) => text.includes("kube-proxy"))).toEqual([]);
    expect(one.node("n1").iptablesSave()).toBe(before);
  });

  it("Endpoints on a node that is none are served, and a port without a protocol is TCP", () => {
    const one = lab();
    one.apply(
      "apiVersion: v1\nkind: Service\nmetadata: {name: own}\nspec: {clusterIP: 10.96.0.90, ports: [{port: 80}]}\n---\n" +
        "apiVersion: v1\nkind: Endpoints\nmetadata: {name: own}\nsubsets: [{addresses: [{ip: 10.244.2.77, nodeName: nowhere}], ports: [{port: 80}]}]\n",
    );
    one.settle();
    expect(one.node("n1").iptablesSave("nat")).toMatch(/-d 10\.96\.0\.90\/32 -p tcp /);
    const trace = one.pod("client").connect("10.96.0.90:80");
    expect(JSON.stringify(trace)).toContain("10.244.2.77");
  });

  it("an address that is none, a range that is no CIDR, and a node port that is taken, are refused by the API server", () => {
    const one = lab();
    const before = one.state;
    const bad = slice("addressType: IPv4\nports: [{name: '', port: 80}]\nendpoints: [{addresses: [zz]}]");
    expect(() => one.apply(bad)).toThrow(StatusError);
    const second = (spec: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: two}\nspec: {ports: [{port: 80${spec}`;
    expect(() => one.apply(second(", nodePort: 30080}], type: NodePort}"))).toThrow(
      /provided port is already allocated/,
    );
    expect(() => one.apply(second("}], type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/99]}"))).toThrow(
      StatusError,
    );
    expect(one.state).toBe(before);
  });
});

describe("userspace and iptables mode", () => {
  /** Those that neither mode treats by topology or policy, which userspace mode knows nothing of. */
  const isPlain = ({ spec }: Service): boolean =>
    familyOf((spec.clusterIP ?? "::") as IpAddress) === "IPv4" &&
    spec.clusterIP !== "None" &&
    spec.internalTrafficPolicy !== "Local" &&
    spec.trafficDistribution === undefined;

  /** iptables mode falls back on Pods that terminate; v1 Endpoints, which userspace mode reads, do not have them. */
  const endpointsOf = (one: Cluster, { metadata }: Service): ReadonlySet<string> => {
    const subsets = one.get("Endpoints", `${metadata.namespace}/${metadata.name}`)?.subsets ?? [];
    return new Set(subsets.flatMap(({ addresses }) => (addresses ?? []).map(({ ip }) => ip)));
  };

  propertyTest.prop([clusters({ maxNodes: 3, maxServices: 6 })], { numRuns: 25 })(
    "bring a Pod's connections to the same endpoints",
    (generated) => {
      const one = Cluster.create({ proxyMode: "userspace" });
      one.apply(toYaml(generated), { source: "generated.yaml" });
      one.settle();
      const client = one.list("Pod").find((pod) => pod.status?.podIP !== undefined && pod.spec.hostNetwork !== true);
      if (client === undefined || familyOf(client.status!.podIP as IpAddress) !== "IPv4") return;
      const name = `${client.metadata.namespace}/${client.metadata.name}`;
      const twin = one.fork({ proxyMode: "iptables" });
      for (const service of one.list("Service").filter(isPlain)) {
        const endpoints = endpointsOf(one, service);
        for (const { port, protocol = "TCP" } of service.spec.ports ?? []) {
          if (protocol === "SCTP") continue;
          const to = `${service.spec.clusterIP}:${port}/${protocol.toLowerCase()}`;
          const expected = new Set(
            twin
              .pod(name)
              .shares(to)
              .filter(({ disposition }) => disposition === "delivered")
              .filter(({ endpoint = "" }) => endpoints.has(endpoint.slice(0, endpoint.lastIndexOf(":"))))
              .map(({ host }) => host),
          );
          const traces = Array.from({ length: Math.max(1, expected.size) }, () => one.pod(name).connect(to));
          const delivered = traces.filter(({ disposition }) => disposition === "delivered");
          const seen = new Set(delivered.map(({ request }) => request.hops.at(-1)!.host));
          if (service.spec.sessionAffinity !== "ClientIP") expect(seen, to).toEqual(expected);
          else
            expect([seen.size, [...seen].every((host) => expected.has(host))], to).toEqual([
              Math.min(1, expected.size),
              true,
            ]);
        }
      }
    },
  );
});
