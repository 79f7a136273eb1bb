import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import type { Exchange } from "@kubenetsim/dns/plugins/plugin";
import type { QueryArrival } from "@kubenetsim/dns/server/dns-server";
import type { ObjectHistory } from "../dataplane/object-history.ts";
import { DnsProcess, type DnsProcessOptions } from "./dns-process.ts";

/** A CoreDNS that is brought up to a history when it is asked: so it makes no difference when somebody looks. */
export class FollowingProcess {
  readonly #process: DnsProcess;
  /** How much of the history it has seen. */
  #seen: number;

  /** Starts at the time of an item of the history. @throws ParseError, UnsupportedError of the Corefile */
  constructor(history: ObjectHistory, startedAt: number, options: DnsProcessOptions) {
    this.#process = new DnsProcess(history[startedAt]!, options);
    this.#seen = startedAt + 1;
  }

  /** What it answers, after having waited for others. */
  exchange(message: DnsMessage, arrival: QueryArrival): Exchange {
    return this.#process.exchange(message, arrival);
  }

  /** Tells it what has happened until now. */
  bringUpTo(history: ObjectHistory, nowMs: number): void {
    for (; this.#seen < history.length; this.#seen++) this.#process.take(history[this.#seen]!);
    this.#process.advance(history.at(-1)!.state, nowMs);
  }
}
