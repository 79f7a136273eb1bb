import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Random } from "@kubenetsim/core/runtime/random";
import { parseCorefile } from "@kubenetsim/dns/corefile/parse-corefile";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import type { Exchange, ServerSurroundings } from "@kubenetsim/dns/plugins/plugin";
import { DnsServer, type QueryArrival } from "@kubenetsim/dns/server/dns-server";
import type { Settled } from "../dataplane/object-history.ts";

/** Where a process has its Corefile from: what the file holds at each state of the objects. */
export type CorefileOf = (state: ClusterState) => string | undefined;

export interface DnsProcessOptions {
  /** As errors name the Corefile: `ConfigMap kube-system/coredns`. */
  readonly source: string;
  readonly corefileOf: CorefileOf;
  readonly surroundings: Omit<ServerSurroundings, "state" | "nowMs">;
  readonly random: Random;
}

/** The kubelet looks at a Pod's volumes with each sync of it: a minute, and up to half of one more (pkg/kubelet, syncFrequency). */
const kubeletSyncMs = 60_000;
const kubeletJitterMs = 30_000;

/** Nothing comes, however long one waits: longer than any resolver does. */
export const noAnswer: Exchange = { kind: "timeout", tookMs: 3_600_000 };

/** One CoreDNS: what it has read of its Corefile, and what its watches have told it so far. */
export class DnsProcess {
  readonly #options: DnsProcessOptions;
  #server: DnsServer;
  #text: string | undefined;
  #startedMs = 0;
  #hasProbed = false;
  /** What it said when it ended. */
  #death: string | undefined;
  #waiting: { readonly text: string; readonly atMs: number } | undefined;

  /** Starts with the objects of then. @throws ParseError, UnsupportedError of the Corefile */
  constructor({ state, nowMs = 0 }: Pick<Settled, "state" | "nowMs">, options: DnsProcessOptions) {
    this.#options = options;
    const text = options.corefileOf(state);
    this.#server = this.#started(text, state, nowMs);
    this.#text = text;
    this.#startedMs = nowMs;
  }

  /** What it answers, after having waited for others. One that has ended has closed its port. */
  exchange(message: DnsMessage, arrival: QueryArrival): Exchange {
    if (this.#death !== undefined) {
      arrival.steps?.push({ plugin: "loop", text: `CoreDNS has ended: ${this.#death}` });
      return { kind: "refused", tookMs: 0 };
    }
    const response = this.#server.respond(message, arrival);
    if (response === undefined) return noAnswer;
    return { kind: "answered", message: response.message, tookMs: response.tookMs ?? 0 };
  }

  /** The same with the bytes of packets: what is sent back, one message after the other. */
  answerBytes(query: Uint8Array, arrival: Omit<QueryArrival, "port">): readonly Uint8Array[] {
    if (this.#death !== undefined) return [];
    const { ports } = this.#server;
    return this.#server.respondToBytes(query, { ...arrival, port: ports.includes(53) ? 53 : (ports[0] ?? 53) });
  }

  /** Tells it what has happened. */
  take({ state, changes, nowMs = 0 }: Pick<Settled, "state" | "changes" | "nowMs">): void {
    this.#reload(state, nowMs);
    this.#server.update(changes, state, nowMs);
    this.#notice(state, nowMs);
  }

  /** Tells it what time it is. A Corefile that cannot be read leaves the old one running. */
  advance(state: ClusterState, nowMs: number): void {
    this.#reload(state, nowMs);
    this.#probe(nowMs);
  }

  /** It looks once after its start whether its queries come back to it, and ends if they do. Each start anew would end so. */
  #probe(nowMs: number): void {
    if (this.#hasProbed) return;
    this.#hasProbed = true;
    this.#death = this.#server.probeLoops(nowMs);
  }

  #notice(state: ClusterState, atMs: number): void {
    const text = this.#options.corefileOf(state);
    if (text === (this.#waiting?.text ?? this.#text)) return;
    if (text === undefined || text === this.#text) {
      this.#waiting = undefined;
      return;
    }
    // The plugin looks at fixed intervals since its start; the file is changed somewhere within a sync of the kubelet.
    const intervalMs = this.#server.facts.reloadIntervalMs;
    if (intervalMs === undefined) return;
    const syncMs = kubeletSyncMs + this.#options.random.next() * kubeletJitterMs;
    const mountedMs = atMs + this.#options.random.next() * syncMs;
    const looks = Math.ceil((mountedMs - this.#startedMs) / intervalMs);
    this.#waiting = { text, atMs: this.#startedMs + Math.ceil(looks * intervalMs) };
  }

  #reload(state: ClusterState, nowMs: number): void {
    if (this.#waiting === undefined || this.#waiting.atMs > nowMs) return;
    const { text, atMs } = this.#waiting;
    this.#waiting = undefined;
    try {
      this.#server = this.#started(text, state, atMs);
      this.#text = text;
      this.#startedMs = atMs;
      this.#hasProbed = false;
      this.#death = undefined;
      this.#options.surroundings.log("[INFO] Reloading complete");
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      // It is not looked at again until it changes again.
      this.#text = text;
      this.#options.surroundings.log(`[ERROR] Corefile changed but reload failed: ${error.message}`);
    }
  }

  #started(text: string | undefined, state: ClusterState, nowMs: number): DnsServer {
    const { source, surroundings } = this.#options;
    return DnsServer.start(parseCorefile(text ?? "", source), { ...surroundings, state, nowMs });
  }
}
