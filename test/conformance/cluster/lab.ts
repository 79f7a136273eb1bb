import type { Random } from "@kubenetsim/core/runtime/random";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import { buildTopology } from "@kubenetsim/network/topology/build";
import type { Host } from "@kubenetsim/network/topology/host";
import type { NodeSettings } from "@kubenetsim/network/topology/input";
import { kernelDevices } from "@kubenetsim/network/topology/kernel-devices";
import { type KernelNames, liveNames } from "@kubenetsim/network/trace/kernel-names";
import { Tracer } from "@kubenetsim/network/trace/tracer";
import type { HostKernel } from "@kubenetsim/network/walk/host-kernel";
import { Walker } from "@kubenetsim/network/walk/walker";
import { LocalhostPins } from "@kubenetsim/proxy/nftables/localhost-listener";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { localhostProcess } from "kubenetsim/dataplane/localhost-process";
import type { Scenario } from "./scenario.ts";
import { configOf, type Variant } from "./variant.ts";
import { families, type Program, programOf } from "./written-by-proxy.ts";

/** Makes a scenario's hosts, loads what each recorded node's kube-proxy wrote, and gives what sends packets through it. */
export function openLab(scenario: Scenario, variant: Variant): Tracer {
  const programs = new Map(
    variant.nodes.map((node) => [
      node,
      families.map((family) => programOf(scenario, node, configOf(variant, node), family)),
    ]),
  );
  const { Node, Pod } = scenario.state.tables;
  const topology = buildTopology({
    nodes: Node.values(),
    pods: Pod.values(),
    cni: scenario.cni,
    nodeSettings: new Map([...programs].map(([node, written]) => [node, settingsOf(written)])),
  });
  const kernels = new Map<string, HostKernel>();
  const names = new Map<Host, KernelNames>();
  for (const [node, written] of programs) {
    const host = topology.nodes.get(node)!;
    const director = new IpvsDirector({ clock: scenario.clock, schedulers: ipvsSchedulers });
    const random = scenario.random.fork(`${variant.name}/${node}`);
    const kernel = new Kernel({ random, clock: scenario.clock, director, devices: kernelDevices(host) });
    load(kernel, director, written);
    kernels.set(node, withListener(kernel, written, random.fork("kube-proxy")));
    names.set(host, liveNames(kernel, director));
  }
  const walker = new Walker(topology, kernels, scenario.random.fork(variant.name));
  return new Tracer(walker, (host) => names.get(host), { seed: scenario.random.seed, mode: variant.name });
}

/** The kernel with the sockets of a kube-proxy in nftables mode. */
function withListener(kernel: Kernel, programs: readonly Program[], random: Random): HostKernel {
  const nftables = programs.flatMap(({ mode, program }) => (mode === "nftables" ? [program] : []));
  if (nftables.length === 0) return kernel;
  const state = { pins: new LocalhostPins(), random, nowMs: () => 0 };
  return {
    runHook: (hook, packet, meter, tape) => kernel.runHook(hook, packet, meter, tape),
    listener: (packet) => nftables.map((one) => localhostProcess(one, packet, state)).find((one) => one !== undefined),
  };
}

function load(kernel: Kernel, director: IpvsDirector, programs: readonly Program[]): void {
  const ipvs = programs.flatMap(({ mode, program }) => (mode === "ipvs" ? [program] : []));
  kernel.loadSets(ipvs.flatMap(({ ipSets }) => ipSets));
  director.load(ipvs.flatMap(({ virtualServers }) => virtualServers));
  for (const { mode, program } of programs) {
    if (mode === "nftables") for (const transaction of program.transactions) kernel.applyNft(transaction);
    else kernel.load(program.ruleset);
  }
}

/** kube-proxy sets route_localnet for NodePorts on 127.0.0.1 in iptables mode only. */
function settingsOf(programs: readonly Program[]): NodeSettings {
  const ipvs = programs.flatMap(({ mode, program }) => (mode === "ipvs" ? [program] : []));
  const iptables = programs.find(({ mode }) => mode === "iptables");
  return {
    dummyAddresses: ipvs.flatMap(({ dummyAddresses }) => dummyAddresses),
    routeLocalnet: iptables?.program.snapshot.basis.config.iptables.localhostNodePorts ?? false,
  };
}
