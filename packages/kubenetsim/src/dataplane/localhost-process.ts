import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Process } from "@kubenetsim/network/topology/process";
import { relayChoice } from "@kubenetsim/network/topology/relay";
import {
  type LocalhostListener,
  type LocalhostPins,
  localhostDialTimeoutMs,
  localhostListener,
} from "@kubenetsim/proxy/nftables/localhost-listener";
import type { NftablesProgram } from "@kubenetsim/proxy/nftables/nftables-program";

/** What changes of a kube-proxy with each connection that it takes on localhost. */
export interface LocalhostState {
  readonly pins: LocalhostPins;
  readonly random: Random;
  readonly nowMs: () => number;
}

/** The kube-proxy in nftables mode that takes a packet to a node port on 127.0.0.1 or ::1; undefined when it does not. */
export function localhostProcess(program: NftablesProgram, packet: Packet, state: LocalhostState): Process | undefined {
  const { family, node } = program.snapshot.basis;
  if (packet.protocol !== protocolNumbers.TCP || !isLocalhost(packet) || packet.v6 !== (family === "IPv6"))
    return undefined;
  const listener = localhostListener(program, packet.destinationPort);
  return listener === undefined ? undefined : processOf(node.name, program, listener, state);
}

function processOf(
  node: string,
  { snapshot }: NftablesProgram,
  listener: LocalhostListener,
  { pins, random, nowMs }: LocalhostState,
): Process {
  return {
    name: `kube-proxy on ${node}`,
    listens: [{ protocol: "TCP", port: listener.port }],
    relay: {
      servicePort: listener.servicePort,
      dialTimeoutsMs: [localhostDialTimeoutMs],
      next(accepted, attempt, dial) {
        if (attempt > 0) return false;
        const below = (bound: number): number => accepted.fate.chooser?.below(bound) ?? random.below(bound);
        const { endpoint, isPinned } = pins.choose(snapshot.basis.family, listener, nowMs(), below);
        dial.destination = endpoint.words;
        dial.destinationPort = endpoint.port;
        dial.sourcePort = accepted.sourcePort;
        dial.by = isPinned ? relayChoice.affinity : relayChoice.random;
        dial.position = 0;
        dial.count = listener.endpoints.length;
        return true;
      },
      refused: () => undefined,
    },
  };
}

function isLocalhost({ v6, dst0, dst1, dst2, dst3 }: Packet): boolean {
  return v6 ? dst0 === 0 && dst1 === 0 && dst2 === 0 && dst3 === 1 : dst0 === 0x7f000001;
}
