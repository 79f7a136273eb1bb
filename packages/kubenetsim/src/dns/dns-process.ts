import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Random } from "@kubenetsim/core/runtime/random";
import { parseCorefile } from "@kubenetsim/dns/corefile/parse-corefile";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import type { ServerSurroundings } from "@kubenetsim/dns/plugins/plugin";
import { DnsServer, type QueryArrival } from "@kubenetsim/dns/server/dns-server";
import type { ObjectHistory } from "../dataplane/object-history.ts";

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
/** The plugin reload looks at the file twice a minute, a quarter to three quarters of one apart (plugin/reload). */
const reloadMs = 30_000;
const reloadJitterMs = 15_000;

/** One CoreDNS: what it has read of its Corefile, and what its watches have told it so far. */
export class DnsProcess {
  readonly log: string[] = [];
  readonly #options: DnsProcessOptions;
  #server: DnsServer | undefined;
  #text: string | undefined;
  /** How much of the history it has seen. */
  #seen: number;
  #waiting: { readonly text: string; readonly atMs: number } | undefined;

  /** Starts at the time of an item of the history, with the objects of then. @throws ParseError, UnsupportedError of the Corefile */
  constructor(history: ObjectHistory, startedAt: number, options: DnsProcessOptions) {
    this.#options = options;
    const { state, nowMs = 0 } = history[startedAt]!;
    this.#seen = startedAt + 1;
    this.#start(options.corefileOf(state), state, nowMs);
  }

  /** What it answers now; undefined for nothing. */
  answer(message: DnsMessage, arrival: QueryArrival): DnsMessage | undefined {
    return this.#server?.answer(message, arrival);
  }

  /** Tells it what has happened until now. A Corefile that cannot be read leaves the old one running. */
  bringUpTo(history: ObjectHistory, nowMs: number): void {
    for (; this.#seen < history.length; this.#seen++) {
      const { state, changes, nowMs: atMs = 0 } = history[this.#seen]!;
      this.#reload(state, atMs);
      this.#server?.update(changes, state, atMs);
      this.#notice(state, atMs);
    }
    this.#reload(history.at(-1)!.state, nowMs);
  }

  #notice(state: ClusterState, atMs: number): void {
    const text = this.#options.corefileOf(state);
    if (text === (this.#waiting?.text ?? this.#text)) return;
    if (text === undefined || text === this.#text) {
      this.#waiting = undefined;
      return;
    }
    const { random } = this.#options;
    const mountedMs = kubeletSyncMs + random.next() * kubeletJitterMs;
    const readMs = random.next() * (reloadMs + (2 * random.next() - 1) * reloadJitterMs);
    this.#waiting = { text, atMs: atMs + Math.round(mountedMs * random.next() + readMs) };
  }

  #reload(state: ClusterState, nowMs: number): void {
    if (this.#waiting === undefined || this.#waiting.atMs > nowMs) return;
    const { text, atMs } = this.#waiting;
    this.#waiting = undefined;
    if (!hasReload(this.#text)) return;
    try {
      this.#start(text, state, atMs);
      this.log.push("[INFO] Reloading complete");
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.log.push(`[ERROR] Corefile parse failed: ${error.message}`);
    }
  }

  #start(text: string | undefined, state: ClusterState, nowMs: number): void {
    const { source, surroundings } = this.#options;
    this.#server = DnsServer.start(parseCorefile(text ?? "", source), { ...surroundings, state, nowMs });
    this.#text = text;
  }
}

function hasReload(text: string | undefined): boolean {
  return parseCorefile(text ?? "", "Corefile").blocks.some(({ directives }) =>
    directives.some(({ name }) => name === "reload"),
  );
}
