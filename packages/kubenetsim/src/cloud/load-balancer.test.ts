import { fc, test } from "@fast-check/vitest";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { ratio, ratioText, sum } from "@kubenetsim/network/shares/ratio";
import type { ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";
import { formatWarning } from "../warnings/warning.ts";

const nodes = ["n1", "n2", "n3"];
const client = "198.51.100.9";
const modes: readonly ProxyMode[] = ["iptables", "ipvs", "nftables", "userspace"];

/** Pods of a Deployment `web`, which the scheduler gives nodes of their own as long as there are any. */
function webPods(replicas: number, spec = ""): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {${spec} containers: [{name: c, image: x, ports: [{containerPort: 80}]}]}
---
`;
}

function webService(spec = "", metadata = ""): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: web${metadata}}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]${spec}}
---
`;
}

const local = ", externalTrafficPolicy: Local";

function lab(options: ClusterOptions, ...texts: string[]): Cluster {
  const cluster = Cluster.create({ nodes, ...options });
  cluster.applyAll(texts.map((text, i) => ({ source: `${i}.yaml`, text })));
  cluster.settle();
  return cluster;
}

/** Where the packet came by, in short. */
function way(trace: Trace): string[] {
  return trace.request.hops.map(({ host }) => host.replace(/ default\/web-.*/, " web"));
}

function balanceSteps(trace: Trace) {
  const hops = [...trace.request.hops, ...(trace.reply?.hops ?? [])];
  return hops.flatMap(({ steps }) => steps).filter((step) => step.kind === "balance");
}

/** The source that the Pod sees. */
function sourceSeen(trace: Trace): string | undefined {
  return trace.received?.source;
}

describe("from users to a controller behind a Service: the load balancer has NodeIP:NodePort of every node", () => {
  it.each(["nat", "proxy", "vip"] as const)("with policy Cluster, by way of any node: %s", (loadBalancerMode) => {
    const one = lab({ loadBalancerMode }, webPods(1), webService());
    const entries = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const trace = one.external(client).curl("203.0.113.1");
      expect(trace.disposition, trace.reason).toBe("delivered");
      entries.add(trace.request.hops.find(({ hostKind }) => hostKind === "node")!.host);
      // kube-proxy hides the client behind the node that took the packet: its address towards others, or towards its Pods.
      expect(sourceSeen(trace)).toMatch(/^(192\.168\.10\.1[123]|10\.244\.1\.1)$/);
    }
    expect([...entries].sort()).toEqual(["node n1", "node n2", "node n3"]);
  });

  it("with policy Local, only by way of nodes with a controller, and with the client's address", () => {
    const one = lab({ loadBalancerMode: "nat" }, webPods(2), webService(local));
    for (let i = 0; i < 20; i++) {
      const trace = one.external(client).curl("203.0.113.1");
      expect(way(trace)).toEqual([
        `external ${client}`,
        "external load balancer default/web",
        expect.stringMatching(/^node n[12]$/),
        "pod web",
      ]);
      expect(sourceSeen(trace)).toBe(client);
    }
    const { healthCheckNodePort } = one.get("Service", "default/web")!.spec;
    expect(one.loadBalancer("default/web").listeners[0]!.targets.map(({ name, reason }) => [name, reason])).toEqual([
      ["n1", undefined],
      ["n2", undefined],
      ["n3", `${healthCheckNodePort}/healthz answers 503`],
    ]);
  });

  it("loses the client's address behind a proxy, whatever the policy", () => {
    const one = lab({ loadBalancerMode: "proxy" }, webPods(2), webService(local));
    const trace = one.external(client).curl("203.0.113.1");
    expect(sourceSeen(trace)).toBe("203.0.113.1");
    expect(one.get("Service", "default/web")!.status!.loadBalancer!.ingress).toEqual([
      { ip: "203.0.113.1", ipMode: "Proxy" },
    ]);
  });

  it("brings answers back through the load balancer where it has changed the destination, else straight", () => {
    const backHosts = (loadBalancerMode: "nat" | "vip") => {
      const one = lab({ loadBalancerMode }, webPods(1), webService());
      return one
        .external(client)
        .curl("203.0.113.1")
        .reply!.hops.map(({ host }) => host);
    };
    expect(backHosts("nat")).toContain("external load balancer default/web");
    expect(backHosts("vip")).not.toContain("external load balancer default/web");
  });

  it("tells of each step what it decided", () => {
    const one = lab({ loadBalancerMode: "nat" }, webPods(1), webService(local));
    const { nodePort, targetPort } = one.get("Service", "default/web")!.spec.ports![0]!;
    expect(targetPort).toBe(80);
    const [there, back] = balanceSteps(one.external(client).curl("203.0.113.1"));
    expect(there).toMatchObject({
      balancer: "default/web",
      decision: "forward",
      listener: "TCP 80",
      mode: "nat",
      algorithm: "five-tuple",
      target: `n1 192.168.10.11:${nodePort}`,
      healthyTargets: 1,
      targets: 3,
      origin: { object: "Service default/web", position: { source: "1.yaml", line: 5 } },
    });
    expect(there!.skipped.map(({ target }) => target)).toEqual([
      `n2 192.168.10.12:${nodePort}`,
      `n3 192.168.10.13:${nodePort}`,
    ]);
    expect(back).toMatchObject({ decision: "answer" });
  });

  it("keeps a rejected client in the know: its ICMP error comes from whom it had asked", () => {
    const one = lab({ loadBalancerMode: "nat" }, webService());
    const trace = one.external(client).curl("203.0.113.1");
    expect(trace.disposition).toBe("rejected");
    const last = trace.reply!.hops.at(-1)!.after;
    expect(last.icmp!.quoted).toMatchObject({ destination: "203.0.113.1", destinationPort: 80 });
  });
});

describe("from users to a controller on the nodes' network", () => {
  const publicOne = (more: object = {}) => ({
    loadBalancers: [
      {
        name: "public",
        addresses: ["203.0.113.80"],
        listeners: [{ port: 80, targets: { nodes, port: 80 }, algorithm: "round-robin" as const }],
        ...more,
      },
    ],
  });

  it("takes the nodes on which it runs, one after the other, and keeps the client's address", () => {
    const one = lab(publicOne(), webPods(2, "hostNetwork: true,"));
    const seen = Array.from({ length: 4 }, () => {
      const trace = one.external(client).curl("http://203.0.113.80");
      expect(sourceSeen(trace)).toBe(client);
      expect(trace.disposition).toBe("delivered");
      return way(trace).slice(1).join(" → ");
    });
    expect(seen).toEqual(["n1", "n2", "n1", "n2"].map((name) => `external load balancer public → node ${name}`));
  });

  it("refuses whom a name sends to a node without a controller", () => {
    const one = lab(publicOne(), webPods(2, "hostNetwork: true,"));
    expect(one.external(client).curl("192.168.10.11").disposition).toBe("delivered");
    const refused = one.external(client).curl("192.168.10.13");
    expect(refused.disposition).toBe("refused");
    expect(refused.reason).toBe("nothing listens on 80/tcp at node n3");
  });

  it("follows the controller to other nodes", () => {
    const one = lab(publicOne(), webPods(1, "hostNetwork: true,"));
    const healthy = () =>
      one
        .loadBalancer("public")
        .listeners[0]!.targets.filter((target) => target.healthy)
        .map(({ name }) => name);
    expect(healthy()).toEqual(["n1"]);
    one.apply(webPods(3, "hostNetwork: true,"));
    one.settle();
    expect(healthy()).toEqual(nodes);
    one.delete("Deployment", "default/web");
    one.settle();
    expect(healthy()).toEqual([]);
    const lost = one.external(client).curl("203.0.113.80");
    expect(lost.disposition).toBe("dropped");
    expect(lost.reason).toBe(
      "at external load balancer public by its health checks: none of its 3 targets on 80/tcp is healthy",
    );
  });

  it("lets in whom its security list allows, on its listeners only", () => {
    const one = lab(publicOne({ allowedSources: ["198.51.100.0/24"] }), webPods(2, "hostNetwork: true,"));
    expect(one.external(client).curl("203.0.113.80").disposition).toBe("delivered");
    const stranger = one.external("192.0.2.1").curl("203.0.113.80");
    expect(stranger.disposition).toBe("dropped");
    expect(stranger.reason).toBe(
      "at external load balancer public by its security list, which does not allow 192.0.2.1",
    );
    expect(one.external(client).connect("203.0.113.80:22").reason).toBe(
      "at external load balancer public by its listeners: none is on 22/tcp",
    );
  });

  it("chooses nodes by their labels", () => {
    const labelled = nodes.map((name, i) => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, ...(i === 1 ? { labels: { ingress: "yes" } } : {}) },
      spec: { podCIDR: `10.244.${i}.0/24` },
      status: { addresses: [{ type: "InternalIP", address: `192.168.10.1${i}` }] },
    }));
    const targets = { nodeSelector: { ingress: "yes" }, port: 80 };
    const options = publicOne({ listeners: [{ port: 443, targets }] });
    const one = lab({ ...options, nodes: [] }, ...labelled.map((node) => JSON.stringify(node)));
    expect(one.loadBalancer("public").listeners[0]!.targets.map(({ name }) => name)).toEqual(["n2"]);
  });
});

describe("health", () => {
  it("is what kube-proxy's server answers: not on a node that the autoscaler takes down, or without the server", () => {
    const one = lab({}, webPods(1), webService());
    const healthOf = () =>
      one.loadBalancer("default/web").listeners[0]!.targets.map(({ reason = "healthy" }) => reason);
    expect(healthOf()).toEqual(["healthy", "healthy", "healthy"]);
    const closed = lab({ kubeProxy: { healthzBindAddress: "127.0.0.1:10256" } }, webPods(1), webService());
    expect(closed.loadBalancer("default/web").listeners[0]!.targets.map(({ reason }) => reason)).toEqual(
      nodes.map(() => "port 10256: refused"),
    );
    expect(closed.external(client).curl("203.0.113.1").disposition).toBe("dropped");
  });

  it("warns of a Service that has an address and nobody behind it", () => {
    const one = lab({}, webService(local));
    const texts = one.warnings.map(formatWarning);
    expect(texts).toContainEqual(
      expect.stringMatching(
        /^0\.yaml:5:\d+: Service default\/web: its load balancer 203\.0\.113\.1 takes nothing on TCP 80: no node is healthy \(\d+\/healthz answers 503\)$/,
      ),
    );
  });

  it("goes on with whose turn it is when a target comes back", () => {
    const one = lab({ loadBalancerAlgorithm: "round-robin" }, webPods(3), webService(local));
    const next = () => balanceSteps(one.external(client).curl("203.0.113.1"))[0]!.target!.slice(0, 2);
    expect([next(), next()]).toEqual(["n1", "n2"]);
    one.apply(webPods(4));
    one.settle();
    expect([next(), next(), next()]).toEqual(["n3", "n1", "n2"]);
  });
});

describe("the service controller", () => {
  it.each([
    ["the label", { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } }, {}],
    ["the autoscaler's taint", {}, { taints: [{ key: "ToBeDeletedByClusterAutoscaler", effect: "NoSchedule" }] }],
  ])("leaves out nodes with %s", (_, metadata, spec) => {
    const one = lab({}, webService());
    const node = one.get("Node", "n2")!;
    one.apply(
      JSON.stringify({
        ...node,
        metadata: { ...node.metadata, ...metadata },
        spec: { ...node.spec, ...spec },
      }),
    );
    one.settle();
    expect(one.loadBalancer("default/web").listeners[0]!.targets.map(({ name }) => name)).toEqual(["n1", "n3"]);
  });

  it("keeps a node whose label says false", () => {
    const one = lab({}, webService());
    const node = one.get("Node", "n2")!;
    const labels = { "node.kubernetes.io/exclude-from-external-load-balancers": "false" };
    one.apply(JSON.stringify({ ...node, metadata: { ...node.metadata, labels } }));
    one.settle();
    expect(one.loadBalancer("default/web").listeners[0]!.targets).toHaveLength(3);
  });

  it("holds the Service until its load balancer is gone", () => {
    const one = lab({}, webPods(1), webService());
    const finalizers = () => one.get("Service", "default/web")?.metadata.finalizers;
    expect(finalizers()).toEqual(["service.kubernetes.io/load-balancer-cleanup"]);
    expect(one.kubectl("delete service web").stdout).toBe('service "web" deleted from default namespace\n');
    expect(one.get("Service", "default/web")).toBeUndefined();
    expect(one.loadBalancers()).toEqual([]);
  });

  it("takes address and finalizer back when the type changes", () => {
    const one = lab({}, webPods(1), webService());
    expect(one.kubectl(`patch service web -p '{"spec":{"type":"NodePort"}}'`).exitCode).toBe(0);
    const { metadata, status } = one.get("Service", "default/web")!;
    expect(metadata.finalizers).toBeUndefined();
    expect(status?.loadBalancer).toEqual({});
    expect(() => one.loadBalancer("default/web")).toThrow(
      "Service default/web has no load balancer: its type is NodePort",
    );
  });

  it("gives another address when another one is asked for, and leaves classes to their controllers", () => {
    const one = lab({}, webService());
    one.apply(webService(", loadBalancerIP: 203.0.113.77"));
    one.settle();
    expect(one.kubectl("get service web").stdout).toContain("203.0.113.77");
    const other = lab({}, webService(", loadBalancerClass: example.com/x"));
    expect(other.loadBalancers()).toEqual([]);
    expect(other.kubectl("get service web").stdout).toContain("<pending>");
    expect(() => other.loadBalancer("default/web")).toThrow("it waits for an address");
  });

  it("keeps sources out by the field, by the annotation, and by neither where all are named", () => {
    const fates = (spec: string, metadata = "") => {
      const one = lab({}, webPods(1), webService(spec, metadata));
      return [client, "192.0.2.1"].map((address) => one.external(address).curl("203.0.113.1").disposition);
    };
    const annotation = (text: string) =>
      `, annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: "${text}"}`;
    expect(fates(", loadBalancerSourceRanges: [198.51.100.0/24]")).toEqual(["delivered", "dropped"]);
    expect(fates("", annotation("198.51.100.0/24, 10.0.0.0/8"))).toEqual(["delivered", "dropped"]);
    expect(fates("", annotation("0.0.0.0/0"))).toEqual(["delivered", "delivered"]);
  });

  it("has no listener for a port without a node port where packets have to be sent to one", () => {
    const without = ", allocateLoadBalancerNodePorts: false";
    expect(lab({ loadBalancerMode: "nat" }, webService(without)).loadBalancer("default/web").listeners).toEqual([]);
    const one = lab({}, webPods(1), webService(without));
    expect(one.external(client).curl("203.0.113.1").disposition).toBe("delivered");
  });

  it("lets Services share an address: the first by name has it, with the listeners of all", () => {
    const second = webService(", loadBalancerIP: 203.0.113.1")
      .replace("name: web}", "name: xyz}")
      .replace("port: 80", "port: 81, targetPort: 80");
    const one = lab({}, webPods(1), webService(", loadBalancerIP: 203.0.113.1"), second);
    expect(one.external(client).curl("203.0.113.1:81").disposition).toBe("delivered");
    expect(one.loadBalancer("default/web").listeners.map(({ port }) => port)).toEqual([80, 81]);
    one.delete("Service", "default/web");
    one.settle();
    expect(one.external(client).curl("203.0.113.1:81").disposition).toBe("delivered");
    expect(one.external(client).curl("203.0.113.1:80").disposition).toBe("dropped");
  });

  it("has one target for one client with session affinity", () => {
    const one = lab({ loadBalancerMode: "nat" }, webPods(3), webService(", sessionAffinity: ClientIP"));
    const targets = Array.from({ length: 8 }, () => balanceSteps(one.external(client).curl("203.0.113.1"))[0]!);
    expect(new Set(targets.map(({ target }) => target)).size).toBe(1);
    expect(targets[0]!.algorithm).toBe("source-address");
  });
});

describe("a copy of a cluster", () => {
  it("goes on where its load balancers stand, and one that starts anew begins anew", () => {
    const one = lab({ loadBalancerAlgorithm: "round-robin" }, webPods(3), webService());
    const next = (from: Cluster) => balanceSteps(from.external(client).curl("203.0.113.1"))[0]!.target!.slice(0, 2);
    const snapshot = one.snapshot();
    expect([next(one), next(one)]).toEqual(["n1", "n2"]);
    const twin = one.fork();
    expect([next(twin), next(twin)]).toEqual(["n3", "n1"]);
    expect(next(one)).toBe("n3");
    one.restore(snapshot);
    expect(next(one)).toBe("n1");
  });

  it("keeps UDP and TCP apart", () => {
    const ports = "ports: [{name: a, port: 53, protocol: UDP}, {name: b, port: 53, targetPort: 80}]";
    const service = webService().replace("ports: [{port: 80}]", ports);
    for (const loadBalancerMode of ["vip", "nat", "proxy"] as const) {
      const pods = webPods(1).replace(
        "[{containerPort: 80}]",
        "[{containerPort: 53, protocol: UDP}, {containerPort: 80}]",
      );
      const one = lab({ loadBalancerMode }, pods, service);
      expect(one.external(client).connect("203.0.113.1:53/udp").received!.destinationPort).toBe(53);
      expect(one.external(client).connect("203.0.113.1:53").received!.destinationPort).toBe(80);
    }
  });
});

describe("the listing", () => {
  it("is a table of listeners and targets", () => {
    const one = lab({}, webPods(1), webService(local));
    const port = one.get("Service", "default/web")!.spec.healthCheckNodePort;
    expect(`${one.loadBalancer("default/web")}`).toBe(
      [
        "load balancer default/web   203.0.113.1   mode vip",
        "LISTENER   ALGORITHM    HEALTH CHECK         TARGET   ADDRESS         HEALTH",
        `TCP 80     five-tuple   HTTP ${port}/healthz   n1       192.168.10.11   healthy`,
        `                                             n2       192.168.10.12   unhealthy: ${port}/healthz answers 503`,
        `                                             n3       192.168.10.13   unhealthy: ${port}/healthz answers 503`,
        "",
      ].join("\n"),
    );
  });

  it("names the one that was probably meant", () => {
    const one = lab({}, webService());
    expect(() => one.loadBalancer("default/wbe")).toThrow("there is no load balancer default/wbe");
  });
});

const listener = { port: 80, targets: { nodes: ["n1"], port: 80 } };
const balancer = { name: "public", addresses: ["203.0.113.80"], listeners: [listener] };

describe("bad options", () => {
  it.each<[string, unknown, string]>([
    ["no list", {}, "loadBalancers: must be a list"],
    ["no object", [7], "loadBalancers[0]: must be an object, not 7"],
    ["no name", [{ ...balancer, name: "" }], 'loadBalancers[0].name: must be a label of DNS, not ""'],
    [
      "a name twice",
      [balancer, { ...balancer, addresses: ["203.0.113.81"] }],
      'there is another load balancer "public"',
    ],
    ["no address", [{ ...balancer, addresses: [] }], "loadBalancers[0].addresses: must be a list with something in it"],
    ["what is no address", [{ ...balancer, addresses: ["1.2.3"] }], 'must be an IP address, not "1.2.3"'],
    ["an address twice", [balancer, { ...balancer, name: "b" }], "203.0.113.80 is load balancer public's already"],
    [
      "port 0",
      [{ ...balancer, listeners: [{ ...listener, port: 0 }] }],
      "listeners[0].port: must be a port from 1 to 65535, not 0",
    ],
    ["a listener twice", [{ ...balancer, listeners: [listener, listener] }], "there is another listener on TCP 80"],
    [
      "an unknown node",
      [{ ...balancer, listeners: [{ ...listener, targets: { nodes: ["n4"], port: 80 } }] }],
      "targets.nodes[0]: there is no Node n4",
    ],
    [
      "nodes and a selector",
      [{ ...balancer, listeners: [{ ...listener, targets: { nodes: ["n1"], nodeSelector: {}, port: 80 } }] }],
      "either nodes or nodeSelector",
    ],
    ["an unknown key", [{ ...balancer, adresses: [] }], 'loadBalancers[0] has no "adresses"'],
    [
      "an unknown key of a listener",
      [{ ...balancer, listeners: [{ ...listener, prot: "UDP" }] }],
      'listeners[0] has no "prot"',
    ],
    ["an address that nobody has", [{ ...balancer, addresses: ["127.0.0.1"] }], "nobody can be reached at 127.0.0.1"],
    ["an unknown mode", [{ ...balancer, mode: "nta" }], 'mode: must be vip, nat, proxy, not "nta"'],
    [
      "an unknown algorithm",
      [{ ...balancer, listeners: [{ ...listener, algorithm: "roundrobin" }] }],
      "algorithm: must be five-tuple",
    ],
    ["what is no range", [{ ...balancer, allowedSources: ["10.0.0.0/99"] }], "allowedSources[0]: must be a range"],
    [
      "no path",
      [{ ...balancer, listeners: [{ ...listener, health: { port: 80, path: "x" } }] }],
      "health.path: must be a path",
    ],
    [
      "the PROXY protocol without a connection of its own",
      [{ ...balancer, proxyProtocol: "v1" }],
      "only a load balancer with a connection of its own speaks it",
    ],
    [
      "too many listeners",
      [{ ...balancer, listeners: Array.from({ length: 51 }, (_, i) => ({ ...listener, port: i + 1 })) }],
      "at most 50",
    ],
  ])("are refused: %s", (_, loadBalancers, message) => {
    expect(() => Cluster.create({ nodes, loadBalancers: loadBalancers as never })).toThrow(message);
  });
});

const arbitraryLab = fc.record({
  proxyMode: fc.constantFrom(...modes),
  loadBalancerMode: fc.constantFrom("vip" as const, "nat" as const, "proxy" as const),
  loadBalancerAlgorithm: fc.constantFrom("five-tuple", "maglev", "source-address", "round-robin", "random" as const),
  replicas: fc.integer({ min: 1, max: 4 }),
  spec: fc.constantFrom("", local, ", sessionAffinity: ClientIP", ", internalTrafficPolicy: Local"),
  rounds: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
});

describe("any cluster", () => {
  test.prop([arbitraryLab], { numRuns: 40 })(
    "a client ends at a ready endpoint wherever a target is healthy, and its chances sum up to 1",
    ({ replicas, spec, rounds, ...options }) => {
      const one = lab(options as ClusterOptions, webPods(replicas), webService(spec));
      for (const count of [replicas, ...rounds]) {
        one.apply(webPods(count));
        one.settle();
        const ready = new Set(
          one.list("EndpointSlice").flatMap(({ endpoints = [] }) => endpoints!.flatMap(({ addresses }) => addresses)),
        );
        const { targets } = one.loadBalancer("default/web").listeners[0]!;
        const isHealthy = targets.some(({ healthy }) => healthy);
        const shares = one.external(client).shares("203.0.113.1:80");
        expect(ratioText(shares.map(({ chance }) => chance).reduce(sum, ratio(0n, 1n)))).toBe("1");
        for (let i = 0; i < 3; i++) {
          const trace = one.external(client).curl("203.0.113.1");
          expect(trace.disposition, trace.reason).toBe(isHealthy ? "delivered" : "dropped");
          if (isHealthy) expect(ready).toContain(trace.received!.destination);
          const share = shares.find(({ disposition }) => disposition === trace.disposition);
          expect(share).toBeDefined();
        }
        // kube-proxy of the userspace mode answers no health checks of Services.
        expect(isHealthy).toBe(!(options.proxyMode === "userspace" && spec === local));
      }
    },
  );
});
