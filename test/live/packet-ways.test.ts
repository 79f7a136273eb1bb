/** Packets that a node makes, that come to it, or that a Pod sends to itself: which counters rise in the kernel of this machine, and which in ours. */
import type { Node } from "@kubenetsim/core/model/node";
import type { Pod } from "@kubenetsim/core/model/pod";
import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { verdict } from "@kubenetsim/netfilter/engine/verdict";
import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { buildTopology } from "@kubenetsim/network/topology/build";
import { kernelDevices } from "@kubenetsim/network/topology/kernel-devices";
import type { HostKernel } from "@kubenetsim/network/walk/host-kernel";
import { writeRequest } from "@kubenetsim/network/walk/request";
import { Walker } from "@kubenetsim/network/walk/walker";
import { expect, it } from "vitest";
import { missingTools, runInNamespace } from "./namespace-shell.ts";

const missing = missingTools("iptables-save", "ip", "unshare", "nsenter", "python3");

const own = "192.168.10.11";
const other = "192.168.10.12";
const pod = "10.244.1.5";
const toPod = "10.96.0.10";
const toNode = "10.96.0.11";
const loopback = "127.0.0.1";
const redirected = "10.96.0.12";

const packets: readonly { readonly from: "node" | "other" | "pod"; readonly to: string; readonly port: number }[] = [
  { from: "node", to: toPod, port: 53 },
  { from: "node", to: toNode, port: 53 },
  { from: "node", to: redirected, port: 53 },
  { from: "node", to: own, port: 30080 },
  { from: "node", to: "192.168.10.1", port: 53 },
  { from: "other", to: own, port: 30080 },
  { from: "other", to: own, port: 9 },
  { from: "other", to: loopback, port: 30080 },
  { from: "other", to: loopback, port: 9 },
  { from: "pod", to: toPod, port: 53 },
];

/** By each chain and device a rule that counts. */
function counting(table: string, chains: readonly string[]): string[] {
  return chains.flatMap((chain) =>
    ["-i", "-o"]
      .filter((side) => chain === "FORWARD" || (side === "-i") === ["PREROUTING", "INPUT"].includes(chain))
      .flatMap((side) => ["lo", "eth0", "cni0"].map((device) => `-A ${chain} ${side} ${device} -p udp`))
      .concat(table === "filter" && chain === "INPUT" ? ["-A INPUT -p udp -j KUBE-FIREWALL"] : []),
  );
}

const tables: readonly (readonly [string, readonly string[], readonly string[], readonly string[]])[] = [
  ["raw", ["PREROUTING", "OUTPUT"], [], []],
  ["mangle", ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"], [], []],
  [
    "nat",
    ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    ["SERVICES"],
    [
      "-A PREROUTING -j SERVICES",
      "-A OUTPUT -j SERVICES",
      `-A SERVICES -d ${toPod}/32 -p udp -m udp --dport 53 -j DNAT --to-destination ${pod}:53`,
      `-A SERVICES -d ${toNode}/32 -p udp -m udp --dport 53 -j DNAT --to-destination ${own}:53`,
      `-A SERVICES -d ${redirected}/32 -p udp -m udp --dport 53 -j REDIRECT --to-ports 53`,
      `-A SERVICES -p udp -m addrtype --dst-type LOCAL -m udp --dport 30080 -j DNAT --to-destination ${pod}:53`,
      `-A POSTROUTING -s ${pod}/32 -d ${pod}/32 -p udp -j MASQUERADE`,
    ],
  ],
  [
    "filter",
    ["INPUT", "FORWARD", "OUTPUT"],
    ["KUBE-FIREWALL"],
    [
      `-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP`,
    ],
  ],
];

const rules = tables
  .map(([name, chains, more, own]) =>
    [
      `*${name}`,
      ...chains.map((chain) => `:${chain} ACCEPT [0:0]`),
      ...more.map((chain) => `:${chain} - [0:0]`),
      ...counting(name, chains),
      ...own,
      "COMMIT\n",
    ].join("\n"),
  )
  .join("");

it.skipIf(missing).each([false, true])(
  "packets pass the chains and devices that they pass in a real kernel (route_localnet %s)",
  { timeout: 120_000 },
  (routeLocalnet) => {
    const files = new Map([
      ["rules", rules],
      ["send.py", sender],
      ["packets", packets.map(({ from, to, port }) => `${from} ${to} ${port}\n`).join("")],
    ]);
    const real = runInNamespace(node(routeLocalnet), files, ["out"]).get("out")!;
    expect(counts(simulated(routeLocalnet))).toEqual(counts(parseIptablesSave(real)));
  },
);

function counts(ruleset: Ruleset): string[] {
  return [...ruleset.tables.values()]
    .flatMap((table) =>
      [...table.chains.values()].flatMap((chain) =>
        chain.rules.map((rule, i) => `${table.name} ${chain.name} ${i + 1}: ${rule.counters?.packets ?? 0}`),
      ),
    )
    .sort();
}

function simulated(routeLocalnet: boolean): Ruleset {
  const topology = buildTopology({
    nodes: [nodeOf("node1", own, "10.244.1.0/24"), nodeOf("node2", other, "10.244.2.0/24")],
    pods: [podObject],
    nodeSettings: new Map([["node1", { routeLocalnet }]]),
  });
  const host = topology.nodes.get("node1")!;
  const kernel = new Kernel({
    random: seededRandom("ways"),
    clock: virtualClock(),
    devices: kernelDevices(host),
  });
  kernel.load(parseIptablesSave(rules));
  const kernels = new Map<string, HostKernel>([
    ["node1", kernel],
    ["node2", sendingToLoopback],
  ]);
  const walker = new Walker(topology, kernels, seededRandom("ways"));
  const hosts = { node: host, other: topology.nodes.get("node2")!, pod: topology.pods.get("default/web")! };
  for (const { from, to, port } of packets) {
    const destination = (from === "other" && to === loopback ? standIn : to) as IpAddress;
    const request = { from: hosts[from], protocol: "UDP" as const, destination, destinationPort: port };
    writeRequest(walker.packet, request);
    walker.walkRequest(hosts[from], null);
  }
  return kernel.ruleset("IPv4");
}

/** No socket sends 127.0.0.1 out of its host: this one sends to a Pod's, which becomes that one on its way out. */
const standIn = "10.244.1.77";
const sendingToLoopback: HostKernel = {
  runHook: (at, packet) => {
    const isForLoopback = at === hook.POSTROUTING && packet.dst0 === addressWords(standIn as IpAddress)[0];
    if (isForLoopback) packet.dst0 = addressWords(loopback as IpAddress)[0]!;
    return verdict.accept;
  },
};

function nodeOf(name: string, address: string, podCIDR: string): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: { addresses: [{ type: "InternalIP", address }] },
  };
}

const podObject: Pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "default" },
  spec: { nodeName: "node1", containers: [{ name: "app", ports: [{ containerPort: 53, protocol: "UDP" }] }] },
  status: { phase: "Running", podIP: pod, podIPs: [{ ip: pod }] },
};

/** A node between a namespace that sends for another node (c0 to eth0) and for the Pod (p0 to cni0), and swallows what comes. */
function node(routeLocalnet: boolean): string {
  return `
ip link set lo up
unshare -n sleep 1000 & other=$!
trap "kill $other" EXIT
sleep 0.3
ip link add eth0 address 02:00:00:00:00:01 type veth peer name c0 address 02:00:00:00:00:02
ip link add cni0 address 02:00:00:00:00:01 type veth peer name p0 address 02:00:00:00:00:02
ip link set c0 netns $other; ip link set p0 netns $other
nsenter -t $other -n ip link set c0 up; nsenter -t $other -n ip link set p0 up
for one in all default eth0 cni0; do echo 0 > /proc/sys/net/ipv4/conf/$one/rp_filter; done
echo ${routeLocalnet ? 1 : 0} > /proc/sys/net/ipv4/conf/all/route_localnet
echo 1 > /proc/sys/net/ipv4/ip_forward
ip link set eth0 up; ip link set cni0 up
ip addr add ${own}/24 dev eth0; ip addr add 10.244.1.1/24 dev cni0
ip neigh add 192.168.10.1 lladdr 02:00:00:00:00:02 dev eth0
ip neigh add ${other} lladdr 02:00:00:00:00:02 dev eth0
ip neigh add ${pod} lladdr 02:00:00:00:00:02 dev cni0
ip route add default via 192.168.10.1
iptables-restore < rules
while read from to port; do
  case $from in
    node) python3 send.py "" 0.0.0.0 $to $port ;;
    other) nsenter -t $other -n python3 send.py c0 ${other} $to $port ;;
    pod) nsenter -t $other -n python3 send.py p0 ${pod} $to $port ;;
  esac
done < packets
sleep 0.2
iptables-save -c > out
`;
}

const sender = `
import socket, struct, sys
device, source, destination, port = sys.argv[1:]
if device == "":
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"data", (destination, int(port)))
    sys.exit()
def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff
a, b = socket.inet_aton(source), socket.inet_aton(destination)
body = struct.pack("!HHHH", 40000, int(port), 12, 0) + b"data"
head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0) + a + b
head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind((device, 0))
out.send(bytes.fromhex("0200000000010200000000020800") + head + body)
`;
