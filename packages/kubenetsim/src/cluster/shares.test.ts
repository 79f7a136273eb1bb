import { ratio, sum, toNumber } from "@kubenetsim/network/shares/ratio";
import type { Share } from "@kubenetsim/network/shares/shares";
import type { ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { describe, expect, it } from "vitest";
import { Cluster } from "./cluster.ts";

const yaml = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: app, image: nginx, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: sticky }
spec: { sessionAffinity: ClientIP, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: local }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: empty }
spec: { selector: { app: none }, ports: [{ port: 80 }] }
`;

function labOf(proxyMode: ProxyMode): Cluster {
  const lab = Cluster.create({ nodes: ["n1", "n2"], proxyMode, seed: "shares" });
  lab.apply(yaml);
  lab.settle();
  return lab;
}

function texts(shares: readonly Share[]): string[] {
  return shares.map(({ disposition, endpoint, chance }) => `${disposition} ${endpoint} ${toNumber(chance).toFixed(6)}`);
}

describe("shares", () => {
  const lab = labOf("iptables");

  it("are exact, whoever asks", () => {
    const third = 715_827_883n;
    const rest = 2n ** 31n - third;
    for (const shares of [
      lab.node("n1").shares("svc/default/web"),
      lab.external().shares("192.168.10.12:30080"),
      lab.shares({ from: "node/n2", to: "svc/default/sticky" }),
    ]) {
      expect(shares.map(({ chance }) => chance)).toEqual([
        ratio(third, 2n ** 31n),
        ratio(rest, 2n ** 32n),
        ratio(rest, 2n ** 32n),
      ]);
    }
  });

  it("count the load balancer's choice of a node", () => {
    const address = lab.get("Service", "default/local")!.status!.loadBalancer!.ingress![0]!.ip!;
    const shares = lab.external().shares(`${address}:80`);
    expect(shares).toHaveLength(3);
    expect(shares.map(({ chance }) => chance).reduce(sum)).toEqual(ratio(1n, 1n));
  });

  it("name what is no endpoint", () => {
    expect(texts(lab.node("n1").shares("svc/default/empty"))).toEqual(["rejected undefined 1.000000"]);
    expect(texts(lab.node("n1").shares("192.168.10.12:22"))).toEqual(["refused 192.168.10.12:22 1.000000"]);
  });

  it("leave the cluster as it is, and follow what it does", () => {
    const twin = lab.fork();
    const from = lab.node("n1");
    from.shares("svc/default/sticky");
    const first = from.connect("svc/default/sticky");
    expect(twin.node("n1").connect("svc/default/sticky").receiver).toBe(first.receiver);
    expect(from.shares("svc/default/sticky").map(({ host }) => host)).toEqual([first.receiver]);
  });

  it("agree with what comes of connections", () => {
    const expected = lab.node("n2").shares("svc/default/web");
    const counts = new Map<string, number>();
    const connections = 3000;
    for (let i = 0; i < connections; i++) {
      const { receiver } = lab.node("n2").connect("svc/default/web");
      counts.set(receiver!, (counts.get(receiver!) ?? 0) + 1);
    }
    const chiSquare = expected.reduce((total, { host, chance }) => {
      const mean = toNumber(chance) * connections;
      return total + ((counts.get(host) ?? 0) - mean) ** 2 / mean;
    }, 0);
    // The quantile of χ² with two degrees of freedom that is passed once in ten thousand times.
    expect(chiSquare).toBeLessThan(-2 * Math.log(1e-4));
  });

  it("are all alike in nftables", () => {
    const nftables = labOf("nftables");
    for (const shares of [
      nftables.node("n1").shares("svc/default/web"),
      nftables.external().shares("192.168.10.12:30080"),
    ]) {
      expect(shares.map(({ disposition }) => disposition)).toEqual(["delivered", "delivered", "delivered"]);
      expect(shares.map(({ chance }) => chance)).toEqual(Array(3).fill(ratio(1n, 3n)));
    }
    const first = nftables.node("n1").connect("svc/default/sticky");
    expect(nftables.node("n1").shares("svc/default/sticky")).toMatchObject([{ host: first.receiver }]);
  });

  it.each(["ipvs", "userspace"] as const)("are the next choice in %s", (mode) => {
    const lab = labOf(mode);
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const [next, ...others] = lab.node("n1").shares("svc/default/web");
      expect(others).toEqual([]);
      expect(next!.chance).toEqual(ratio(1n, 1n));
      expect(lab.node("n1").connect("svc/default/web").receiver).toBe(next!.host);
      seen.add(next!.host);
    }
    expect(seen.size).toBe(3);
  });
});
