import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Respond } from "./dns-sockets.ts";

/** One packet, one query. What cannot be sent is lost, as packets are. */
export function listenOverUdp(address: string, port: number, respond: Respond): Promise<{ close(): Promise<void> }> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  socket.on("message", (query, { address: client, port: clientPort }) => {
    if (clientPort === 0) return;
    const [reply] = respond(query, { address: client, port: clientPort, transport: "udp" });
    if (reply !== undefined) socket.send(reply, clientPort, client, () => {});
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= new Promise((done) => void socket.close(done));
    return closed;
  };
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, address, () => {
      socket.off("error", reject);
      socket.on("error", () => {});
      resolve({ close });
    });
  });
}
