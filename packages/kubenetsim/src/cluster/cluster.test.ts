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
    return [node.iptablesSave(), node.iptablesSave(undefined, { family: "IPv6" }), node.ipvsadm(), node.ipsetList()];
  });
}

describe("when a node is looked at", () => {
  for (const proxyMode of ["iptables", "ipvs"] as const) {
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
