import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { createAdaptorServer } from "@hono/node-server";
import { createApiHandler } from "@kubenetsim/api";
import type { Cluster } from "../../cluster/cluster.ts";
import { serveDns } from "./dns-sockets.ts";
import { RealTime } from "./real-time.ts";

export interface ServeOptions {
  /** Where to listen: a name or an address, `127.0.0.1`. */
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** Where to answer DNS, over UDP and TCP; 0 for a port that is free. Nowhere unless given. */
  readonly dnsPort?: number;
  /** Told of the lines of the log of the DNS server. */
  readonly log?: (line: string) => void;
  /** Told of what the controllers fail with; thrown unless given. */
  readonly report?: (problem: unknown) => void;
}

export interface RunningServer {
  /** What clients are to call: `http://127.0.0.1:8001`. */
  readonly url: string;
  /** Where DNS is answered. */
  readonly dns: { readonly address: string; readonly port: number } | undefined;
  /** Breaks all connections off, and resolves when nothing is left. */
  close(): Promise<void>;
}

/** So many connections at once; watches hold one each. */
const maxConnections = 4096;
/** A request must have come whole by then. */
const requestTimeoutMs = 60_000;

/**
 * Serves a cluster's API server over HTTP and its names over DNS, and lets the cluster live in real time: after each round of its
 * controllers nodes begin anew, without connections and counters. Rejects when it cannot listen there.
 *
 * @throws ParseError, UnsupportedError of the Corefile
 */
export async function serveCluster(lab: Cluster, options: ServeOptions): Promise<RunningServer> {
  const { host, port, dnsPort, report = fail, log = () => {} } = options;
  const time = new RealTime(lab, report);
  const dns = dnsPort === undefined ? undefined : await serveDns(lab, { host, port: dnsPort, report, log });
  try {
    const http = await serveHttp(lab, time, { host, port });
    time.start();
    return {
      url: urlOf(host, (http.address() as AddressInfo).port),
      dns,
      close: async () => {
        time.stop();
        await Promise.all([closed(http), dns?.close()]);
      },
    };
  } catch (problem) {
    await dns?.close();
    throw problem;
  }
}

function serveHttp(
  lab: Cluster,
  time: RealTime,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const handle = createApiHandler({
    api: lab.api,
    clock: lab.clock,
    wrote: time.wrote,
    soon: time.soon,
    hostNames: hostNames(host),
  });
  const server = createAdaptorServer({
    fetch: (request, { incoming, outgoing }) =>
      isPlainPath(request, incoming as IncomingMessage) ? handle(request, () => outgoing.destroy()) : noSuchPage(),
    overrideGlobalObjects: false,
    serverOptions: { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
  }) as Server;
  server.maxConnections = maxConnections;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

function fail(problem: unknown): never {
  throw problem;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** URLs read `a/../b` as `b`; a path is taken only as it is written. */
function isPlainPath(request: Request, { url = "" }: IncomingMessage): boolean {
  return new URL(request.url).pathname === url.split("?", 1)[0];
}

function noSuchPage(): Response {
  return new Response("404 page not found\n", { status: 404 });
}

const wildcards: readonly string[] = ["0.0.0.0", "::"];

/** By what names clients may call: the one that is listened on, or every address of this machine. */
function hostNames(host: string): string[] {
  const names = wildcards.includes(host)
    ? Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
    : [host];
  return names.map((name) => bracketed(name).toLowerCase());
}

function urlOf(host: string, port: number): string {
  return `http://${wildcards.includes(host) ? "127.0.0.1" : bracketed(host)}:${port}`;
}

function bracketed(name: string): string {
  return name.includes(":") ? `[${name}]` : name;
}
