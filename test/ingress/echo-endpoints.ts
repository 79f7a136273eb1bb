import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What an endpoint says that it was sent. */
export interface Echo {
  /** `ip:port` of the endpoint. */
  readonly endpoint: string;
  readonly method: string;
  readonly url: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The request header that says which status an endpoint answers with. */
export const statusHeader = "x-answer";

/** HTTP servers on addresses of the loopback that answer with what they were sent. */
export class EchoEndpoints {
  readonly #servers: readonly Server[];
  /** Of each server, in the order of the addresses. */
  readonly endpoints: readonly { readonly address: string; readonly port: number }[];

  private constructor(servers: readonly Server[]) {
    this.#servers = servers;
    this.endpoints = servers.map((server) => server.address() as AddressInfo);
  }

  static async start(addresses: readonly string[]): Promise<EchoEndpoints> {
    return new EchoEndpoints(await Promise.all(addresses.map(echoOn)));
  }

  stop(): void {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}

function echoOn(address: string): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 600_000, maxHeaderSize: 65_536 }, (request, response) => {
    const { port } = server.address() as AddressInfo;
    const headers = joined(request.headers);
    const echo: Echo = { endpoint: `${address}:${port}`, method: request.method!, url: request.url!, headers };
    const answer = (): void => {
      response.writeHead(Number(headers[statusHeader] ?? 200), { "content-type": "application/json" });
      response.end(JSON.stringify(echo));
    };
    // nginx throws a body away that was too large, and passes its length on all the same.
    if (headers["x-code"] === "413") answer();
    else request.resume().on("end", answer);
  });
  return new Promise((resolve) => server.listen(0, address, () => resolve(server)));
}

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]));
}
