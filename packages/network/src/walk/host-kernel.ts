import type { Hook } from "@kubenetsim/netfilter/engine/hook";
import type { Meter } from "@kubenetsim/netfilter/engine/meter";
import type { Openings } from "@kubenetsim/netfilter/engine/openings";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Tape } from "@kubenetsim/netfilter/engine/tape";
import type { Verdict } from "@kubenetsim/netfilter/engine/verdict";
import type { Process } from "../topology/process.ts";
import type { Topology } from "../topology/topology.ts";

/** What the walk asks of a host's netfilter: conntrack, NAT, rules and IPVS of one hook. `Kernel` is the one that does it. */
export interface HostKernel {
  /**
   * Changes whenever packets may fare differently than before; ways through kernels without it are not remembered. Who has it says
   * on `packet.fate` what else a verdict hung on.
   */
  readonly revision?: number;
  /** How packets of IPv4 open connections on the host; undefined where it keeps none. */
  readonly openings?: Openings | undefined;
  /** Who takes a packet that has come to one of the host's sockets, beside the topology's own processes. */
  listener?(packet: Packet): Process | undefined;
  runHook(hook: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict;
}

/** Nodes' kernels by host id. */
export function kernelsByHost(
  topology: Topology,
  kernels: ReadonlyMap<string, HostKernel>,
): (HostKernel | undefined)[] {
  const byHost = topology.hosts.map((): HostKernel | undefined => undefined);
  for (const [name, kernel] of kernels) {
    const host = topology.nodes.get(name);
    if (host !== undefined) byHost[host.id] = kernel;
  }
  return byHost;
}
