import { describe, expect, it } from "vitest";
import { Cluster } from "./cluster.ts";

const pod = (name: string, ipv4: string, ipv6: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: web}}
spec: {nodeName: n2, containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}
status: {podIP: ${ipv4}, podIPs: [{ip: ${ipv4}}, {ip: "${ipv6}"}]}
---
`;

const pods = pod("a", "10.244.2.11", "fd00:10:244::2:11") + pod("b", "10.244.2.12", "fd00:10:244::2:12");

const service = (name: string, ipv4: string, ipv6: string): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: web}
  clusterIP: ${ipv4}
  clusterIPs: [${ipv4}, "${ipv6}"]
  ipFamilyPolicy: RequireDualStack
  ports: [{port: 80}]
---
`;

const excluded = service("excluded", "10.96.1.1", "fd00:10:96::1:1");

const objects = `${service("own", "10.96.2.1", "fd00:10:96::2:1")}${excluded}${pods}apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
`;

const configuration = (cidrs: string): string => `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ipvs
ipvs: {excludeCIDRs: [${cidrs}]}
`;

const both = "10.96.1.0/24, 'fd00:10:96::1:0/112'";

function lab(cidrs = both): Cluster {
  const one = Cluster.create({
    nodes: ["n1", "n2"],
    serviceCIDRs: ["10.96.0.0/16", "fd00:10:96::/108"],
  });
  one.apply([configuration(cidrs), objects].join("---\n"));
  one.settle();
  return one;
}

function change(one: Cluster, text: string): void {
  one.apply(text);
  one.settle();
}

function remove(one: Cluster, ...services: string[]): void {
  for (const name of services) one.delete("Service", `default/${name}`);
  one.settle();
}

/** The virtual servers of n1 by address, each with its real servers' `weight active inactive`. */
function servers(one: Cluster): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  let realServers: string[] = [];
  for (const line of one.node("n1").ipvsadm().split("\n")) {
    const virtual = /^TCP {2}(\S+):80 /.exec(line);
    if (virtual !== null) {
      realServers = [];
      found[virtual[1]!] = realServers;
    }
    const real = /^ {2}-> \S+:80 +Masq +(\d+ +\d+ +\d+)/.exec(line);
    if (real !== null) realServers.push(real[1]!.replace(/ +/g, " "));
  }
  return found;
}

const idle = ["1 0 0", "1 0 0"];

describe("a virtual server in excludeCIDRs", () => {
  it("stays with its real servers when its Service goes, though kube-proxy made it; others go", () => {
    const one = lab();
    expect(Object.keys(servers(one))).toHaveLength(4);
    remove(one, "own", "excluded");
    expect(servers(one)).toEqual({ "10.96.1.1": idle, "[fd00:10:96::1:1]": idle });
    expect(one.node("n1").run("ipset save")).not.toContain("10.96.1.1");
    // kube-ipvs0 has lost its address, so that packets do not come by it any more.
    expect(one.pod("client").connect("10.96.1.1:80").disposition).toBe("no-route");
  });

  it("outlives later syncs, kube-proxy's restart, and goes with the next one that has other ranges", () => {
    const one = lab();
    remove(one, "excluded");
    change(one, service("later", "10.96.2.2", "fd00:10:96::2:2"));
    one.delete("Pod", "default/a");
    one.settle();
    one.restartKubeProxy();
    expect(servers(one)["10.96.1.1"]).toEqual(idle);
    expect(servers(one)["10.96.2.2"]).toEqual(["1 0 0"]);
    change(one, configuration(""));
    expect(servers(one)["10.96.1.1"]).toEqual(idle);
    one.restartKubeProxy();
    expect(Object.keys(servers(one)).sort()).toEqual([
      "10.96.2.1",
      "10.96.2.2",
      "[fd00:10:96::2:1]",
      "[fd00:10:96::2:2]",
    ]);
  });

  it("is the Service's again when that comes back, real servers with it", () => {
    const one = lab();
    remove(one, "excluded");
    one.delete("Pod", "default/a");
    one.settle();
    change(one, excluded);
    expect(servers(one)["10.96.1.1"]).toEqual(["1 0 0"]);
    expect(servers(one)["[fd00:10:96::1:1]"]).toEqual(["1 0 0"]);
  });

  it("lets its real servers go that waited for their connections", () => {
    const one = lab();
    const receiver = one.pod("client").connect("10.96.1.1:80").receiver!;
    one.delete("Pod", receiver.includes("default/a") ? "default/a" : "default/b");
    one.settle();
    expect(servers(one)["10.96.1.1"]!.sort()).toEqual(["0 1 0", "1 0 0"]);
    remove(one, "excluded");
    expect(servers(one)["10.96.1.1"]!.sort()).toEqual(["0 1 0", "1 0 0"]);
    one.clock.advance(600_000);
    expect(servers(one)["10.96.1.1"]).toEqual(["1 0 0"]);
  });
});
