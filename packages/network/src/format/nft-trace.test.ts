import type { IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { NftElement } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand, NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { parseNftCommands } from "@kubenetsim/netfilter/text/nft-command-parse";
import { describe, expect, test } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { buildTopology } from "../topology/build.ts";
import { kernelDevices } from "../topology/kernel-devices.ts";
import { liveNames } from "../trace/kernel-names.ts";
import { Tracer } from "../trace/tracer.ts";
import { Walker } from "../walk/walker.ts";
import { traceToJson } from "./json.ts";
import { formatTrace } from "./text.ts";

/** kube-proxy's table of two Services, one without endpoints, in short. */
const table = `
add table ip kube-proxy { comment "rules for kube-proxy" ; }
add chain ip kube-proxy filter-forward { type filter hook forward priority 0 ; }
add chain ip kube-proxy filter-output { type filter hook output priority 0 ; }
add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }
add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }
add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }
add chain ip kube-proxy services
add chain ip kube-proxy masquerading
add chain ip kube-proxy cluster-ips-check
add chain ip kube-proxy service-endpoints-check
add chain ip kube-proxy reject-chain
add chain ip kube-proxy service-ABC-default/web/tcp/
add set ip kube-proxy cluster-ips { type ipv4_addr ; }
add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }
add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; }
add rule ip kube-proxy filter-forward ct state new jump service-endpoints-check
add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
add rule ip kube-proxy filter-output ct state new jump service-endpoints-check
add rule ip kube-proxy nat-prerouting jump services
add rule ip kube-proxy nat-output jump services
add rule ip kube-proxy nat-postrouting jump masquerading
add rule ip kube-proxy masquerading mark and 0x4000 != 0 mark set mark xor 0x4000 masquerade fully-random
add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
add rule ip kube-proxy service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services
add rule ip kube-proxy services ip daddr @cluster-ips ip saddr != 10.244.0.0/16 mark set mark or 0x4000 comment "masquerade clusterIP traffic from outside cluster"
add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
add rule ip kube-proxy reject-chain reject
add rule ip kube-proxy service-ABC-default/web/tcp/ meta l4proto tcp dnat ip addr . port to numgen random mod 2 map { 0 : 10.244.1.5 . 80 , 1 : 10.244.2.7 . 80 }
add element ip kube-proxy cluster-ips { 10.96.0.80 }
add element ip kube-proxy cluster-ips { 10.96.0.9 }
add element ip kube-proxy service-ips { 10.96.0.80 . tcp . 80 : goto service-ABC-default/web/tcp/ }
add element ip kube-proxy no-endpoint-services { 10.96.0.9 . tcp . 80 comment "default/gone" : goto reject-chain }
`;

const kubeProxy = { object: "kube-proxy", reason: "its own" };

/** Says who asked for it, as kube-proxy's compiler does. */
function withOrigin(command: NftCommand): NftCommand {
  if (command.object === "rule") {
    const isService = command.chain.startsWith("service-ABC");
    const origin = isService
      ? { object: "Service default/web", servicePort: "default/web", reason: "endpoints" }
      : kubeProxy;
    return { ...command, rule: { ...command.rule, origin } };
  }
  if (command.object !== "element") return command;
  return { ...command, element: elementWithOrigin(command.element) };
}

function elementWithOrigin(element: NftElement): NftElement {
  const object = element.comment === undefined ? "Service default/web" : "Service default/gone";
  return { ...element, origin: { object, servicePort: object.slice(8), reason: "cluster IP" } };
}

function tracer(transactions: readonly NftTransaction[]): Tracer {
  const pods = [
    pod("client", "node1", "10.244.1.200"),
    pod("near", "node1", "10.244.1.5", [80]),
    pod("far", "node2", "10.244.2.7", [80]),
  ];
  const topology = buildTopology({ nodes: [node(1), node(2)], pods });
  const random = seededRandom("nft");
  const kernels = new Map(
    [...topology.nodes].map(([name, host]) => {
      const kernel = new Kernel({ random: random.fork(name), clock: virtualClock(), devices: kernelDevices(host) });
      for (const transaction of transactions) kernel.applyNft(transaction);
      return [name, kernel];
    }),
  );
  const names = new Map([...topology.nodes].map(([name, host]) => [host, liveNames(kernels.get(name)!)]));
  return new Tracer(new Walker(topology, kernels, random), (host) => names.get(host), {
    seed: "nft",
    mode: "nftables",
  });
}

function send(from: string, to: string, destinationPort: number, withOrigins = true): Trace {
  const transactions = parseNftCommands(table).map((one) =>
    withOrigins ? { ...one, commands: one.commands.map(withOrigin) } : one,
  );
  const sender = tracer(transactions);
  const { pods, clients } = sender.walker.topology;
  const host = pods.get(from) ?? clients.get(from);
  return sender.trace({ from: host!, protocol: "TCP", destination: to as IpAddress, destinationPort });
}

describe("a trace through nft's rules", () => {
  test("a Pod to a Service address: the map's element, the number, the endpoint", () => {
    expect(formatTrace(send("default/client", "10.96.0.80", 80))).toMatchSnapshot();
  });

  test("an outside client, masqueraded", () => {
    expect(formatTrace(send("ext1", "10.96.0.80", 80))).toMatchSnapshot();
  });

  test("every step of it", () => {
    expect(formatTrace(send("ext1", "10.96.0.80", 80), { verbose: true })).toMatchSnapshot();
  });

  test("without endpoints: the sentence names the Service", () => {
    const trace = send("default/client", "10.96.0.9", 80);
    expect(trace.reason).toBe(
      "at node node1 by rule 1 of reject-chain (table ip kube-proxy): Service default/gone: cluster IP",
    );
    expect(formatTrace(trace)).toMatchSnapshot();
  });

  test("a port that the Service does not have: the sentence gives the rule's comment", () => {
    const trace = send("default/client", "10.96.0.80", 81);
    expect(trace.reason).toBe(
      "at node node1 by rule 1 of cluster-ips-check (table ip kube-proxy): Reject traffic to invalid ports of ClusterIPs",
    );
    expect(formatTrace(trace)).toMatchSnapshot();
  });

  test("rules from anybody's text say as much as they can", () => {
    expect(formatTrace(send("default/client", "10.96.0.80", 80, false))).toMatchSnapshot();
  });

  test("as JSON it is the same trace", () => {
    const trace = send("ext1", "10.96.0.80", 80);
    const back = JSON.parse(JSON.stringify(traceToJson(trace))) as Trace;
    expect(formatTrace(back, { verbose: true })).toBe(formatTrace(trace, { verbose: true }));
  });
});
