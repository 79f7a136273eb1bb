import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Respond } from "./dns-sockets.ts";
import { Deadline } from "./real-time.ts";
import { TcpQueries } from "./tcp-queries.ts";

export interface TcpListener {
  readonly port: number;
  close(): Promise<void>;
}

/** So many connections at once; more are closed as they come. */
const maxConnections = 512;
/** How long a query may take to come whole, the first one and those after it, and replies to be read (core/dnsserver, NewServer). */
const timeoutsMs = { first: 3000, idle: 10_000, write: 5000 };

/** Queries and replies with their lengths before them (RFC 1035, section 4.2.2), any number on one connection. */
export function listenOverTcp(address: string, port: number, respond: Respond): Promise<TcpListener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serveConnection(socket, respond);
  });
  server.maxConnections = maxConnections;
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      server.on("error", () => {});
      resolve({ port: (server.address() as AddressInfo).port, close });
    });
  });
}

/** While replies are not read no more queries are. */
function serveConnection(socket: Socket, respond: Respond): void {
  const { remoteAddress: address = "", remotePort: port = 0 } = socket;
  const queries = new TcpQueries();
  const deadline = new Deadline(() => socket.destroy());
  deadline.set(timeoutsMs.first);
  const work = (): void => {
    while (!socket.writableNeedDrain) {
      const query = queries.next();
      if (query === undefined) return;
      for (const reply of respond(query, { address, port, transport: "tcp" })) socket.write(framed(reply));
      deadline.set(timeoutsMs.idle);
    }
    socket.pause();
    deadline.set(timeoutsMs.write);
  };
  socket.on("data", (chunk: Buffer) => {
    queries.add(chunk);
    work();
  });
  socket.on("drain", () => {
    deadline.set(timeoutsMs.idle);
    socket.resume();
    work();
  });
  socket.on("error", () => socket.destroy());
  socket.once("close", () => deadline.clear());
}

function framed(reply: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + reply.length);
  bytes[0] = reply.length >>> 8;
  bytes[1] = reply.length & 255;
  bytes.set(reply, 2);
  return bytes;
}
