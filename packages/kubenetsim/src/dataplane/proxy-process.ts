import { protocolName } from "@kubenetsim/core/net/protocol";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Process } from "@kubenetsim/network/topology/process";
import { relayChoice } from "@kubenetsim/network/topology/relay";
import { type Accepted, dialTimeoutsMs, type ProxySocket } from "@kubenetsim/proxy/userspace/proxy-socket";
import type { UserspaceProxier } from "@kubenetsim/proxy/userspace/userspace-proxier";
import { destinationOf, sourceOf } from "./packet-addresses.ts";

/** One for each socket, however many packets come to it. */
const processes = new WeakMap<ProxySocket, Process>();

/** The kube-proxy of a node that takes a packet which has come to one of the node's sockets; undefined when none does. */
export function proxyProcess(node: string, proxier: UserspaceProxier, packet: Packet): Process | undefined {
  const protocol = protocolName(packet.protocol);
  if (protocol !== "TCP" && protocol !== "UDP") return undefined;
  const socket = proxier.listener(protocol, destinationOf(packet), packet.destinationPort);
  if (socket === undefined) return undefined;
  const known = processes.get(socket);
  if (known !== undefined) return known;
  const process = processOf(node, socket);
  processes.set(socket, process);
  return process;
}

function processOf(node: string, socket: ProxySocket): Process {
  const { name, protocol, proxyPort } = socket.served;
  return {
    name: `kube-proxy on ${node}`,
    listens: [{ protocol, port: proxyPort }],
    relay: {
      servicePort: name,
      dialTimeoutsMs,
      next(accepted, attempt, dial) {
        const dialled = socket.dial(clientOf(accepted), attempt);
        if (dialled === undefined) return false;
        const { endpoint, sourcePort, choice } = dialled;
        dial.destination = endpoint.address;
        dial.destinationPort = endpoint.port;
        dial.sourcePort = sourcePort;
        dial.by =
          choice === undefined
            ? relayChoice.knownClient
            : choice.by === "affinity"
              ? relayChoice.affinity
              : relayChoice.roundRobin;
        dial.position = choice?.position ?? 0;
        dial.count = choice?.count ?? 0;
        return true;
      },
      refused: (accepted) => socket.refused(clientOf(accepted)),
    },
  };
}

function clientOf(packet: Packet): Accepted {
  return { source: sourceOf(packet), sourcePort: packet.sourcePort };
}
