import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { type DispositionCode, dispositionCode } from "../walk/disposition-code.ts";
import type { Walker } from "../walk/walker.ts";

/** The process that has taken the walker's last packet; undefined for nobody. ICMP echo is answered by the host itself. */
export function processOf({ receiver, process, packet }: Walker, disposition: DispositionCode): string | undefined {
  if (process >= 0) return receiver.sockets.processes[process]!.name;
  const isEcho = packet.protocol === protocolNumbers.ICMP || packet.protocol === protocolNumbers.ICMPv6;
  return isEcho && disposition === dispositionCode.delivered ? receiver.name : undefined;
}

/** The host of a process, or the process where it is one of several programs of a node. */
export function takerOf(process: string): string {
  return process.replace(/ container .*$/, "");
}
