import { type DnsMessage, queryFor } from "../message/dns-message.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { Exchange } from "../plugins/plugin.ts";
import type { AskedQuery, ResolverSurroundings, SentQuery } from "./resolution.ts";
import type { ResolvConf } from "./resolv-conf.ts";

/** What glibc says it takes by UDP (RESOLV_EDNS_BUFFER_SIZE), with `options edns0`. */
const ednsSize = 1200;

/** The queries of one look-up: it numbers them, keeps the time, and remembers what became of each. */
export class QueryLog {
  readonly queries: AskedQuery[] = [];
  /** Milliseconds since the name was asked for. */
  nowMs = 0;
  readonly #surroundings: ResolverSurroundings;
  readonly #conf: ResolvConf;
  #sockets = 0;

  constructor(surroundings: ResolverSurroundings, conf: ResolvConf) {
    this.#surroundings = surroundings;
    this.#conf = conf;
  }

  /** Another source port. */
  openSocket(): number {
    return ++this.#sockets;
  }

  /** A number below a bound. */
  draw(bound: number): number {
    return this.#surroundings.random.below(bound);
  }

  /** A query of a type. `edns0` and `trust-ad` are glibc's. */
  message(name: DnsName, type: RecordType): DnsMessage {
    const { flags } = this.#conf;
    const isGlibc = this.#surroundings.libc === "glibc";
    const query = queryFor(this.#surroundings.random.below(0x10000), name, type);
    const trusting = isGlibc && flags.has("trust-ad") ? { ...query, flags: { ...query.flags, ad: true } } : query;
    if (!isGlibc || !flags.has("edns0")) return trusting;
    return { ...trusting, edns: { udpSize: ednsSize, version: 0, do: false, options: [] } };
  }

  /** Sends a query now. What takes longer than the resolver waits is a timeout. Time passes only when somebody waits. */
  ask(query: Omit<SentQuery, "atMs">, waitMs: number): Exchange {
    const sent = { ...query, atMs: this.nowMs };
    const became = this.#surroundings.exchange(sent);
    const outcome: Exchange = became.tookMs > waitMs ? { kind: "timeout", tookMs: waitMs } : became;
    this.queries.push({ ...sent, outcome });
    return outcome;
  }
}
