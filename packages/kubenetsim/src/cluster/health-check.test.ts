import { describe, expect, it } from "vitest";
import { formatWarning } from "../warnings/warning.ts";
import { Cluster } from "./cluster.ts";

const pod = (name: string, node: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: web}}
spec: {nodeName: ${node}, containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}
`;

const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  type: LoadBalancer
  externalTrafficPolicy: Local
  healthCheckNodePort: 32100
  ports: [{port: 80}]
`;

function lab(proxyMode: "iptables" | "ipvs" | "nftables" = "iptables"): Cluster {
  const one = Cluster.create({ nodes: ["n1", "n2"], proxyMode });
  one.apply([service, pod("a", "n1"), pod("b", "n1")].join("---\n"));
  one.settle();
  return one;
}

// upstream: healthcheck.TestServer, healthcheck.TestHealthzServer, healthcheck.TestLivezServer
describe("kube-proxy's health checks", () => {
  for (const mode of ["iptables", "ipvs", "nftables"] as const) {
    it(`tell in ${mode} mode how many endpoints of a Service a node has`, () => {
      const one = lab(mode);
      one.clock.advance(5000);
      expect(one.node("n1").healthCheck(32100)).toBe(`HTTP/1.1 200 OK
Content-Type: application/json
X-Content-Type-Options: nosniff
X-Load-Balancing-Endpoint-Weight: 2
Date: Thu, 01 Jan 2026 00:00:05 GMT
Content-Length: 114

{
	"service": {
		"namespace": "default",
		"name": "web"
	},
	"localEndpoints": 2,
	"serviceProxyHealthy": true
}`);
      expect(one.node("n2").healthCheck(32100)).toMatch(/^HTTP\/1\.1 503 Service Unavailable\n/);
      one.delete("Pod", "default/a");
      one.settle();
      expect(one.node("n1").healthCheck(32100)).toContain("Weight: 1\n");
      expect(() => one.node("n1").healthCheck(32101)).toThrow(/does not listen on port 32101/);
    });

    it(`are reached by packets in ${mode} mode`, () => {
      const one = lab(mode);
      const trace = one.external().connect("192.168.10.12:32100");
      expect([trace.disposition, trace.receiver]).toEqual(["delivered", "kube-proxy health check default/web"]);
      expect(one.external().connect("192.168.10.12:10256").disposition).toBe("delivered");
      expect(one.external().connect("192.168.10.12:32101").disposition).not.toBe("delivered");
    });
  }

  it("say whether kube-proxy itself is well, and the Node is to stay", () => {
    const one = lab();
    expect(one.node("n1").healthCheck(10256, "/healthz")).toMatch(
      /^HTTP\/1\.1 200 OK\n[\s\S]*\n\{"lastUpdated":"2026-01-01T00:00:00Z","currentTime":"2026-01-01T00:00:00Z","nodeEligible":true,"healthy":true,"status":\{"IPv4":\{"lastUpdated":"2026-01-01T00:00:00Z","healthy":true\},"IPv6":/,
    );
    const node = one.get("Node", "n1")!;
    const taints = [{ key: "ToBeDeletedByClusterAutoscaler", effect: "NoSchedule" }];
    one.apply(JSON.stringify({ ...node, spec: { ...node.spec, taints } }));
    one.settle();
    expect(one.node("n1").healthCheck(10256, "/healthz")).toMatch(/^HTTP\/1\.1 503 /);
    expect(one.node("n1").healthCheck(10256, "/livez")).toMatch(/^HTTP\/1\.1 200 /);
    expect(one.node("n1").healthCheck(10249, "/proxyMode")).toMatch(/\n\niptables$/);
    expect(one.node("n1").healthCheck(10249, "/else")).toMatch(/^HTTP\/1\.1 404 Not Found\n/);
  });
});

// upstream: healthcheck.TestServerWithSelectiveListeningAddress
describe("a Service's health check port", () => {
  const holder = `apiVersion: v1
kind: Pod
metadata: {name: holder}
spec: {nodeName: n2, hostNetwork: true, containers: [{name: a, image: a, ports: [{containerPort: 32100}]}]}
`;
  const events = (one: Cluster): string[] => one.warnings.map(formatWarning).filter((text) => text.includes("Failed"));

  it("is open where node ports are", () => {
    const answers = (nodePortAddresses: string[], proxyMode: "iptables" | "nftables" = "iptables") => {
      const one = Cluster.create({ nodes: ["n1", "n2"], proxyMode, kubeProxy: { nodePortAddresses } });
      one.apply([service, pod("a", "n1"), pod("b", "n1")].join("---\n"));
      one.settle();
      const node = one.node("n1");
      return ["192.168.10.11", "10.244.1.1", "127.0.0.1"].map(
        (address) => node.connect(`${address}:32100`).disposition,
      );
    };
    expect(answers([])).toEqual(["delivered", "delivered", "delivered"]);
    expect(answers(["192.168.0.0/16"])).toEqual(["delivered", "refused", "refused"]);
    expect(answers(["127.0.0.0/8"])).toEqual(["refused", "refused", "delivered"]);
    expect(answers(["all"], "nftables")).toEqual(["delivered", "delivered", "delivered"]);
    expect(answers([], "nftables")).toEqual(["delivered", "refused", "refused"]);
  });

  it("is nowhere when no address of the node matches", () => {
    const one = Cluster.create({ nodes: ["n1"], kubeProxy: { nodePortAddresses: ["172.16.0.0/12"] } });
    one.apply([service, pod("a", "n1")].join("---\n"));
    one.settle();
    expect(() => one.node("n1").healthCheck(32100)).toThrow(/does not listen on port 32100/);
    expect(one.node("n1").connect("192.168.10.11:32100").disposition).toBe("refused");
    expect(events(one)).toEqual([]);
  });

  it.each(["iptables", "ipvs", "nftables"] as const)("that a Pod on the node has is an event in %s mode", (mode) => {
    const one = lab(mode);
    one.apply(holder, { source: "holder.yaml" });
    one.settle();
    const address = mode === "nftables" ? "192.168.10.12" : "0.0.0.0";
    const event = `kube-proxy: Service default/web: Warning FailedToStartServiceHealthcheck: node n2 failed to start healthcheck "default/web" on port 32100: listen tcp4 ${address}:32100: bind: address already in use`;
    expect(events(one)).toEqual([expect.stringContaining(event)]);
    const trace = one.external().connect("192.168.10.12:32100");
    expect(trace.receiver).toBe("pod default/holder");
    expect(trace.warnings).toContainEqual(expect.stringContaining(event));
    expect(() => one.node("n2").healthCheck(32100)).toThrow(/does not listen/);
    expect(one.node("n1").healthCheck(32100)).toContain("200 OK");
  });

  it("that kube-proxy's own servers have is an event too", () => {
    const one = Cluster.create({ nodes: ["n1"], kubeProxy: { healthzBindAddress: "0.0.0.0:32100" } });
    one.apply([service, pod("a", "n1")].join("---\n"));
    one.settle();
    expect(events(one)).toEqual([expect.stringContaining("listen tcp4 0.0.0.0:32100: bind: address already in use")]);
    expect(one.node("n1").healthCheck(32100, "/livez")).toContain('"healthy":true');
    expect(one.external().connect("192.168.10.11:32100").receiver).toBe("kube-proxy healthz");
  });

  it("of a Service of IPv6 alone is open at IPv6 addresses alone", () => {
    const one = Cluster.create({ nodes: ["n1"] });
    const cidrs = ["10.96.0.0/12", "fd00:10:96::/112"];
    one.apply(
      JSON.stringify({
        apiVersion: "networking.k8s.io/v1",
        kind: "ServiceCIDR",
        metadata: { name: "kubernetes" },
        spec: { cidrs },
      }),
    );
    one.apply(service.replace("spec:\n", "spec:\n  ipFamilies: [IPv6]\n"));
    one.settle();
    const answer = (address: string) => one.node("n1").connect(`${address}:32100`).disposition;
    expect(["127.0.0.1", "192.168.10.11", "[::1]"].map(answer)).toEqual(["refused", "refused", "delivered"]);
  });
});

describe("kube-proxy's own servers", () => {
  const ways = (kubeProxy: object, proxyMode: "iptables" | "ipvs" | "nftables" | "userspace" = "iptables") => {
    const one = Cluster.create({ nodes: ["n1", "n2"], proxyMode, kubeProxy });
    one.settle();
    return [10256, 10249].map((port) =>
      [
        one.external().connect(`192.168.10.11:${port}`),
        one.node("n2").connect(`192.168.10.11:${port}`),
        one.node("n1").connect(`192.168.10.11:${port}`),
        one.node("n1").connect(`127.0.0.1:${port}`),
      ].map(({ disposition, receiver }) => (disposition === "delivered" ? receiver : disposition)),
    );
  };
  const healthz = "kube-proxy healthz";
  const metrics = "kube-proxy metrics";

  it.each(["iptables", "ipvs", "nftables", "userspace"] as const)(
    "are open where they are bound in %s mode",
    (mode) => {
      expect(ways({}, mode)).toEqual([
        [healthz, healthz, healthz, healthz],
        ["refused", "refused", "refused", metrics],
      ]);
      expect(ways({ healthzBindAddress: "127.0.0.1:10256", metricsBindAddress: "0.0.0.0:10249" }, mode)).toEqual([
        ["refused", "refused", "refused", healthz],
        [metrics, metrics, metrics, metrics],
      ]);
    },
  );
});
