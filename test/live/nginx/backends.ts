import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A request that reached a backend and waits for its answer. */
export interface Arrival {
  readonly backend: string;
  answer(): void;
  /** Closes the connection without a word. */
  hangUp(): void;
}

const onAddresses = 9;

/** Small HTTP servers on loopback addresses and a Unix socket, which hold each request until they are told what to do. */
export class Backends {
  /** As nginx's configuration names them. */
  readonly names: string[] = [];
  /** Where nobody listens. */
  readonly dead: Set<string> = new Set();
  /** Who hangs up on whoever comes. */
  readonly sick: Set<string> = new Set();
  onArrival: (id: string, arrival: Arrival) => void = () => {};
  readonly #servers: Server[] = [];

  static async start(folder: string): Promise<Backends> {
    const backends = new Backends();
    for (let i = 0; i < onAddresses; i++) await backends.#open({ host: `127.0.0.${10 + i}`, port: 0 }, i < 2);
    await backends.#open({ path: join(folder, "live") }, false);
    await backends.#open({ path: join(folder, "gone") }, true);
    return backends;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await closed(server);
    }
  }

  async #open(where: { host: string; port: number } | { path: string }, dead: boolean): Promise<void> {
    const server = await listening(where);
    const name = "path" in where ? `unix:${where.path}` : `${where.host}:${(server.address() as AddressInfo).port}`;
    this.names.push(name);
    if (dead) {
      this.dead.add(name);
      await closed(server);
    } else {
      this.#servers.push(server.on("request", (request, response) => this.#handle(name, request, response)));
    }
  }

  #handle(backend: string, request: IncomingMessage, response: ServerResponse): void {
    const hangUp = (): void => {
      request.socket.destroy();
    };
    if (this.sick.has(backend)) hangUp();
    else this.onArrival(String(request.headers["x-id"]), { backend, answer: () => response.end("ok"), hangUp });
  }
}

function listening(where: { host: string; port: number } | { path: string }): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(where, () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
