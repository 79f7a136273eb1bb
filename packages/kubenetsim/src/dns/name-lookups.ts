import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import { parseAddress } from "@kubenetsim/core/net/address";
import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { queryFor } from "@kubenetsim/dns/message/dns-message";
import type { Source } from "../connect/source.ts";
import type { ObjectHistory } from "../dataplane/object-history.ts";
import type { DnsOptions } from "./dns-options.ts";
import { filesOf, lookUp } from "./look-up.ts";
import type { LookupOptions, NameLookup } from "./name-lookup.ts";
import { type NameServerQuery, NameServers } from "./name-servers.ts";
import type { NameSystem } from "./programs/name-system.ts";

/** What look-ups are made in. */
export interface LookupSurroundings {
  readonly dns: DnsOptions;
  readonly seed: string;
  readonly nowMs: () => number;
  /** What was settled so far; at least one state. */
  readonly history: () => ObjectHistory;
  /** The Pod that a source stands for. @throws ParseError where nobody is there */
  readonly podOf: (from: Source) => ObjectKey | undefined;
  /** The source port of the nth next connection, and how many are used up. */
  readonly ports: { of(index: number): number; use(count: number): void };
  readonly send: (query: NameServerQuery) => Trace;
  /** `/etc/hosts` of a host outside that has one of its own. */
  readonly hostsOf: (from: Source) => string | undefined;
}

/** All look-ups of names in a cluster. */
export class NameLookups {
  readonly #surroundings: LookupSurroundings;
  readonly #servers: NameServers;
  readonly #numbers: Random;

  constructor(surroundings: LookupSurroundings) {
    this.#surroundings = surroundings;
    const random = seededRandom(surroundings.seed).fork("dns");
    this.#numbers = random.fork("resolver");
    this.#servers = new NameServers({ options: surroundings.dns, random, send: surroundings.send });
  }

  /**
   * Looks a name up as a program there does; `quiet` sends no packets, so that nothing changes. `pod` is who looks it up, where that
   * is known: then no network is asked for who is there.
   */
  resolve(
    from: Source,
    name: string,
    options: LookupOptions & { readonly quiet?: boolean; readonly pod?: ObjectKey } = {},
  ): NameLookup {
    const { ports, podOf, nowMs } = this.#surroundings;
    const dns = this.#optionsOf(from);
    const pod = options.pod ?? podOf(from);
    const state = this.#newest();
    const portOf = (socket: number): number => ports.of(socket - 1);
    const asker = { source: from, pod, portOf, nowMs: nowMs(), quiet: options.quiet };
    const found = lookUp(name, asker, this.#servers, { ...options, state, dns, random: this.#numbers });
    ports.use(new Set(found.queries.filter(({ trace }) => trace !== undefined).map(({ socket }) => socket)).size);
    return found;
  }

  /** What `dig` and the like find there. */
  system(from: Source): NameSystem {
    const { ports, podOf, nowMs } = this.#surroundings;
    return {
      files: () => filesOf({ source: from, pod: podOf(from) }, this.#newest(), this.#optionsOf(from)),
      resolve: (name) => this.resolve(from, name),
      query: (name, type) => queryFor(this.#numbers.below(0x10000), name, type),
      ask: (text, port, transport, message) => {
        this.#newest();
        const address = parseAddress(text)!;
        const sourcePort = ports.of(0);
        const { outcome, trace } = this.#servers.ask({
          from,
          address,
          port,
          transport,
          sourcePort,
          message,
          nowMs: nowMs(),
        });
        if (trace !== undefined) ports.use(1);
        return outcome;
      },
      nowMs,
    };
  }

  #optionsOf(from: Source): DnsOptions {
    const { dns, hostsOf } = this.#surroundings;
    const outsideHosts = hostsOf(from);
    return outsideHosts === undefined ? dns : { ...dns, outsideHosts };
  }

  /** The newest objects, with the servers brought up to them. */
  #newest() {
    const history = this.#surroundings.history();
    this.#servers.bringUpTo(history);
    return history.at(-1)!.state;
  }
}
