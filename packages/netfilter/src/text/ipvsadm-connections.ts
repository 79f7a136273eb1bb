import type { ConnectionListing } from "../ipvs/listing.ts";
import type { IpvsTimeouts } from "../ipvs/settings.ts";
import { endpointName } from "./ipvsadm-words.ts";

/**
 * `ipvsadm -Lnc`: connections and persistence templates, in the order given (the kernel's is that of a hash with a random
 * seed). What is left of a connection's time is cut to whole seconds.
 */
export function printIpvsadmConnections(connections: readonly ConnectionListing[]): string {
  const lines = [
    "IPVS connection entries",
    "pro expire state       source             virtual            destination",
    ...connections.map((connection) => {
      const { protocol, state, client, virtual, real } = connection;
      const cells = [
        protocol.padEnd(3),
        remaining(connection.expiresInMs).padEnd(6),
        state.padEnd(11),
        endpointName(client).padEnd(18),
        endpointName(virtual).padEnd(18),
        endpointName(real),
      ];
      return cells.join(" ");
    }),
  ];
  return `${lines.join("\n")}\n`;
}

/** `ipvsadm -Ln --timeout`. */
export function printIpvsadmTimeouts({ tcp, tcpFin, udp }: IpvsTimeouts): string {
  return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`;
}

/** Minutes (as many as there are) and seconds. */
function remaining(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const twoDigits = (count: number): string => String(count).padStart(2, "0");
  return `${twoDigits(Math.floor(seconds / 60))}:${twoDigits(seconds % 60)}`;
}
