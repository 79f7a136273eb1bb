import { lookup } from "node:dns/promises";
import type { Cluster } from "../../cluster/cluster.ts";
import { listenOverTcp } from "./dns-over-tcp.ts";
import { listenOverUdp } from "./dns-over-udp.ts";
import { type QuerySource, ServedDns } from "./served-dns.ts";

/** What is sent back for the bytes of a query. */
export type Respond = (query: Uint8Array, from: QuerySource) => readonly Uint8Array[];

export interface DnsOptions {
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** Told of what cannot be answered; the server goes on. */
  readonly report: (problem: unknown) => void;
  /** Told of the lines of the server's log. */
  readonly log: (line: string) => void;
}

export interface RunningDns {
  readonly address: string;
  /** The same for UDP and TCP. */
  readonly port: number;
  /** Resolves when nothing is left. */
  close(): Promise<void>;
}

/** A port that is free for TCP may be taken for UDP: then another one is tried. */
const attempts = 10;

/** Answers for a cluster over UDP and TCP. Rejects when it cannot listen there. @throws ParseError, UnsupportedError of the Corefile */
export async function serveDns(lab: Cluster, { host, port, report, log }: DnsOptions): Promise<RunningDns> {
  const served = new ServedDns(lab, log);
  const respond: Respond = (query, from) => {
    try {
      return served.respond(query, from);
    } catch (problem) {
      report(problem);
      return [];
    }
  };
  const sockets = await listen(host, port, respond);
  return {
    ...sockets,
    close: () => {
      served.stop();
      return sockets.close();
    },
  };
}

async function listen(host: string, port: number, respond: Respond): Promise<RunningDns> {
  const { address } = await lookup(host);
  for (let attempt = 1; ; attempt++) {
    const tcp = await listenOverTcp(address, port, respond);
    try {
      const udp = await listenOverUdp(address, tcp.port, respond);
      return { address, port: tcp.port, close: async () => void (await Promise.all([tcp.close(), udp.close()])) };
    } catch (problem) {
      await tcp.close();
      if (port !== 0 || attempt === attempts) throw problem;
    }
  }
}
