import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";

function lab(options: ClusterOptions = {}): Cluster {
  const cluster = Cluster.create({ nodes: ["n1", "n2"], ...options });
  cluster.kubectl`create deployment web --image=nginx --port=80 --replicas=2`;
  cluster.kubectl`expose deployment web --port=80`;
  return cluster;
}

describe("a node's shell", () => {
  it("prints what the same commands print by run", () => {
    const node = lab().node("n1");
    for (const command of [
      "iptables-save",
      "ip6tables-save -t nat",
      "iptables-save -c",
      "nft list ruleset",
      "ipset list",
    ]) {
      expect(node.sh(command)).toEqual({ stdout: node.run(command), stderr: "", exitCode: 0 });
    }
    const name = "default/web";
    const grepped = node.sh`iptables-save | grep ${name} | wc -l`;
    expect(Number(grepped.stdout)).toBe(
      node
        .run("iptables-save")
        .split("\n")
        .filter((line) => line.includes(name)).length,
    );
  });

  it("lists rules with the packets that they have seen", () => {
    const cluster = lab();
    const node = cluster.node("n1");
    const { clusterIP = "" } = cluster.get("Service", "default/web")!.spec;
    node.connect(`${clusterIP}:80`);
    const row = node.sh`iptables -t nat -L KUBE-SERVICES -n -v | grep default/web`.stdout;
    expect(row).toMatch(/^ {4}1 {4}60 KUBE-SVC-\w{16} {2}6 {4}-- {2}\* {6}\* {7}0\.0\.0\.0\/0 {12}10\./);
    expect(node.sh`iptables -t nat -S KUBE-POSTROUTING`.stdout).toContain("-N KUBE-POSTROUTING\n-A KUBE-POSTROUTING");
    expect(node.sh`iptables -L NOPE -n`).toEqual({
      stdout: "",
      stderr: "iptables v1.8.9 (nf_tables): chain `NOPE' in table `filter' is incompatible, use 'nft' tool.\n",
      exitCode: 1,
    });
  });

  it("lists connections", () => {
    const cluster = lab();
    const node = cluster.node("n1");
    const { clusterIP = "" } = cluster.get("Service", "default/web")!.spec;
    node.connect(`${clusterIP}:80`);
    node.connect("10.99.0.1:53/udp");
    const { stdout, stderr } = node.sh`conntrack -L -p tcp --dport 80`;
    expect(stderr).toBe("conntrack v1.4.7 (conntrack-tools): 1 flow entries have been shown.\n");
    expect(stdout).toMatch(
      /^tcp {6}6 86400 ESTABLISHED src=192\.168\.10\.11 dst=10\S+ sport=32768 dport=80 src=10\.244\S+ dst=192\.168\.10\.11 sport=80 dport=\d+ \[ASSURED\] mark=0 use=1\n$/,
    );
    expect(node.sh`conntrack -L -p udp`.stdout).toMatch(/^udp {6}17 30 src=\S+ dst=10\.99\.0\.1 .*\[UNREPLIED\]/);
    expect(node.sh`conntrack -C`.stdout).toBe("2\n");
    cluster.clock.advance(31_000);
    expect(node.sh`conntrack -C`.stdout).toBe("1\n");
  });

  it("lists devices, addresses, routes and sockets", () => {
    const cluster = lab({ proxyMode: "ipvs" });
    const node = cluster.node("n1");
    const { clusterIP = "" } = cluster.get("Service", "default/web")!.spec;
    expect(node.sh`ip addr show kube-ipvs0 | grep inet`.stdout).toContain(
      `inet ${clusterIP}/32 scope global kube-ipvs0\n`,
    );
    expect(node.sh`ip link show kube-ipvs0 | head -1`.stdout).toBe(
      "3: kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN mode DEFAULT group default \n",
    );
    expect(node.sh`ip route`.stdout).toBe(`default via 192.168.10.1 dev eth0 
10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1 
10.244.2.0/24 via 192.168.10.12 dev eth0 
192.168.10.0/24 dev eth0 proto kernel scope link src 192.168.10.11 
`);
    expect(node.sh`ss -lnt`.stdout).toBe(`State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
LISTEN 0      4096       127.0.0.1:10249      0.0.0.0:*          
LISTEN 0      4096               *:10256            *:*          
`);
  });

  it("opens connections", () => {
    const cluster = lab();
    const node = cluster.node("n1");
    const { clusterIP = "" } = cluster.get("Service", "default/web")!.spec;
    expect(node.sh`curl -s ${clusterIP}`.stdout).toMatch(/^pod default\/web-\S+, asked by 192\.168\.10\.11\nGET \/\n/);
    expect(node.sh`curl -s localhost:10249/proxyMode && echo`.stdout).toBe("iptables\n");
    expect(node.sh`curl ${clusterIP}:81`.exitCode).toBe(28);
    expect(node.sh`curl localhost:81`).toEqual({
      stdout: "",
      stderr: "curl: (7) Failed to connect to localhost port 81 after 0 ms: Couldn't connect to server\n",
      exitCode: 7,
    });
    cluster.kubectl`scale deployment web --replicas=0`;
    if (cluster.list("Pod").length === 0) expect(node.sh`curl ${clusterIP}`.exitCode).toBe(7);
  });

  it("restarts kube-proxy, which takes its configuration anew", () => {
    const cluster = lab();
    const node = cluster.node("n1");
    cluster.apply(
      "{apiVersion: kubeproxy.config.k8s.io/v1alpha1, kind: KubeProxyConfiguration, mode: ipvs, ipvs: {scheduler: rr}}",
    );
    cluster.settle();
    expect(node.sh`systemctl is-active kube-proxy; ipvsadm -L -n | grep -c rr`.stdout).toBe("active\n0\n");
    expect(node.sh`systemctl restart kube-proxy; ipvsadm -L -n | grep -c rr`.stdout).not.toBe("0\n");
    expect(cluster.node("n2").proxyMode).toBe("iptables");
  });

  it("shares files and kubectl with the cluster", () => {
    const cluster = lab();
    cluster.node("n1").sh`iptables-save > rules; kubectl create namespace shop`;
    expect(cluster.files.read("rules")).toBe(cluster.node("n1").run("iptables-save"));
    expect(cluster.node("n2").sh`grep -c COMMIT rules`.stdout).toMatch(/^\d\n$/);
    expect(cluster.get("Namespace", "shop")).toBeDefined();
  });

  it.each([
    "iptables -A INPUT -j DROP",
    "iptables -L",
    "conntrack -F",
    "conntrack -D -p udp",
    "ip link set eth0 down",
    "ip route get 10.0.0.1",
    "ip netns",
    "ss -antp",
    "systemctl stop kube-proxy",
    "systemctl restart kubelet",
    "curl -F a=b 10.96.0.1",
    "iptables-restore",
    "tcpdump -i eth0",
    "nft flush ruleset",
  ])("refuses %s by name", (line) => {
    expect(lab().node("n1").sh(line)).toEqual({
      stdout: "",
      stderr: expect.stringMatching(/^sh: .* is not modelled \(/s),
      exitCode: expect.toSatisfy((code) => code === 1 || code === 127),
    });
  });

  it("fails as the programs do", () => {
    const node = lab({ proxyMode: "ipvs" }).node("n1");
    expect(node.sh`ipset list NOPE`).toMatchObject({ stdout: "", exitCode: 1 });
    expect(node.sh`ipvsadm -D -t 1.1.1.1:80`).toMatchObject({ stdout: "", exitCode: 1 });
    expect(() => lab().node("n9").sh`iptables-save`).toThrow(ParseError);
  });
});
