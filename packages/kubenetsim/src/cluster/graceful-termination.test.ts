import { describe, expect, it } from "vitest";
import { Cluster } from "./cluster.ts";

const pod = (name: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: web}}
spec: {nodeName: n2, containers: [{name: a, image: a, ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}]}]}
`;

const objects = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  clusterIP: 10.96.0.80
  ports: [{name: t, port: 80}, {name: u, port: 80, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
`;

function lab(): Cluster {
  const one = Cluster.create({ nodes: ["n1", "n2"], proxyMode: "ipvs" });
  one.apply([objects, pod("a"), pod("b")].join("---\n"));
  one.settle();
  return one;
}

/** `address weight active inactive` of the real servers of 10.96.0.80:80. */
function servers(one: Cluster, protocol = "TCP"): string[] {
  const lines = one.node("n1").ipvsadm().split("\n");
  const first = lines.findIndex((line) => line.startsWith(`${protocol}  10.96.0.80:80`)) + 1;
  const end = lines.findIndex((line, i) => i >= first && !line.startsWith("  ->"));
  return lines.slice(first, end).map((line) => {
    const [, address, , weight, active, inactive] = line.trim().split(/\s+/);
    return `${address} ${weight} ${active} ${inactive}`;
  });
}

const address = (one: Cluster, name: string): string => `${one.get("Pod", `default/${name}`)!.status!.podIP}:80`;

/** Deletes the Pod that a connection has just gone to; its address and the other one's. */
function removeServer(one: Cluster, protocol = "tcp"): { gone: string; name: string; other: string } {
  const receiver = one.pod("client").connect(`10.96.0.80:80/${protocol}`).receiver!;
  const name = receiver.includes("default/a") ? "a" : "b";
  const [gone, other] = [address(one, name), address(one, name === "a" ? "b" : "a")];
  one.delete("Pod", `default/${name}`);
  one.settle();
  return { gone, name, other };
}

// upstream: ipvs.Test_GracefulDeleteRS
describe("a real server whose endpoint is gone", () => {
  it("stays with weight 0 while it has connections, and goes at the minute after", () => {
    const one = lab();
    one.clock.advance(10_000);
    const { gone, other } = removeServer(one);
    expect(servers(one).sort()).toEqual([`${gone} 0 1 0`, `${other} 1 0 0`].sort());
    for (let i = 0; i < 4; i++) one.pod("client").connect("10.96.0.80:80");
    expect(servers(one).find((line) => line.startsWith(gone))).toBe(`${gone} 0 1 0`);
    // The connection, of which the client has not said more than SYN, ends after a minute; kube-proxy looks at its own minutes.
    one.clock.advance(55_000);
    expect(servers(one).find((line) => line.startsWith(gone))).toBe(`${gone} 0 1 0`);
    one.clock.advance(54_999);
    expect(servers(one).find((line) => line.startsWith(gone))).toBe(`${gone} 0 0 0`);
    one.clock.advance(1);
    expect(servers(one).map((line) => line.split(" ")[0])).toEqual([other]);
  });

  it("goes at once without connections, and with UDP ones", () => {
    const one = lab();
    const { other } = removeServer(one, "udp");
    expect(servers(one).map((line) => line.split(" ")[0])).toEqual([other]);
    expect(servers(one, "UDP").map((line) => line.split(" ")[0])).toEqual([other]);
  });

  it("that comes back while it waits is taken away and added anew, with weight 1", () => {
    const one = lab();
    const { gone, name } = removeServer(one);
    one.apply(`${pod(name)}status: {podIP: ${gone.slice(0, -3)}, podIPs: [{ip: ${gone.slice(0, -3)}}]}\n`);
    one.settle();
    expect(servers(one).find((line) => line.startsWith(gone))).toMatch(/ 1 \d 0$/);
    one.clock.advance(3_600_000);
    expect(servers(one)).toHaveLength(2);
  });

  it("keeps weight 0 in the hands of the next kube-proxy, and goes with its virtual server", () => {
    const one = lab();
    const { gone } = removeServer(one);
    one.restartKubeProxy();
    expect(servers(one).find((line) => line.startsWith(gone))).toBe(`${gone} 0 1 0`);
    one.delete("Service", "default/web");
    one.settle();
    expect(one.node("n1").ipvsadm()).not.toContain("10.96.0.80");
  });

  it("goes at the same time in a copy of the cluster", () => {
    const one = lab();
    const { other } = removeServer(one);
    const twin = one.fork();
    for (const each of [one, twin]) {
      each.clock.advance(1_000_000);
      expect(servers(each).map((line) => line.split(" ")[0])).toEqual([other]);
    }
  });
});

describe("the texts of ipvs mode", () => {
  it("are those of the node's programs", () => {
    const one = lab();
    one.pod("client").connect("10.96.0.80:80");
    const node = one.node("n1");
    expect(node.run("ipvsadm -Ln")).toBe(node.ipvsadm());
    expect(node.run("ipvsadm -Ln --stats")).toMatch(/^TCP {2}10\.96\.0\.80:80 +1 +\d/m);
    expect(node.run("ipvsadm -Lnc")).toMatch(
      /^TCP 01:00 +SYN_RECV +10\.244\.1\.\d+:32768 +10\.96\.0\.80:80 +10\.244\.2\.\d+:80$/m,
    );
    expect(node.run("ipvsadm-save -n")).toMatch(/^-A -t 10\.96\.0\.80:80 -s rr$/m);
    expect(node.run("ipset save")).toContain("add KUBE-CLUSTER-IP 10.96.0.80,tcp:80\n");
    expect(node.run("iptables-save -t nat")).toBe(node.iptablesSave("nat"));
    expect(() => node.run("ipset flush")).toThrow(/cannot be run on a node/);
  });
});
