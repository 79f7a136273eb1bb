import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Random } from "@kubenetsim/core/runtime/random";
import { type DnsMessage, replyTo } from "../../message/dns-message.ts";
import { isInZone, lowerName } from "../../message/dns-name.ts";
import { askAfter } from "../look-up.ts";
import type {
  DnsHandler,
  DnsReply,
  DnsRequest,
  DnsTransport,
  PluginDefinition,
  ServerSurroundings,
} from "../plugin.ts";
import { isInAnyZone } from "../zones.ts";
import { type ForwardSettings, readForwards } from "./forward-settings.ts";
import { Upstream } from "./upstream.ts";

/** How long a query may take in all. */
const deadlineMs = 5000;

/** Passes queries on to other servers (plugin/forward). A block can have several lines: they are tried one after the other. */
export const forward: PluginDefinition = {
  name: "forward",
  setup: ({ words, surroundings }) => {
    const lines = readForwards(words(), surroundings.readFile).map((settings) => new Forward(settings, surroundings));
    return {
      handle: (next) => lines.reduceRight((after, line, index) => line.before(after, index < lines.length - 1), next),
    };
  },
};

/** One line. */
class Forward {
  readonly #settings: ForwardSettings;
  readonly #upstreams: readonly Upstream[];
  readonly #surroundings: ServerSurroundings;
  readonly #random: Random;
  #turn = 0;
  /** When the queries that are under way come to their end. */
  #ends: number[] = [];

  constructor(settings: ForwardSettings, surroundings: ServerSurroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#random = surroundings.random.fork("forward");
    this.#upstreams = settings.upstreams.map((address) => new Upstream(address, settings, surroundings.exchange));
  }

  /** `nextIsForward`: whether what comes after is another line, which some answers are left to. */
  before(next: DnsHandler, nextIsForward: boolean): DnsHandler {
    return (request) => {
      if (!this.#isFor(request)) return next(request);
      if (!this.#hasRoom(request.nowMs)) {
        const error = `concurrent queries exceeded maximum ${this.#settings.maxConcurrent}`;
        return { rcode: "REFUSED", error };
      }
      const reply = this.#passOn(request);
      if (this.#settings.maxConcurrent > 0 && reply.tookMs! > 0) this.#ends.push(request.nowMs + reply.tookMs!);
      const isLeft = nextIsForward && reply.message !== undefined && this.#isLeftToNext(reply.message);
      return isLeft ? askAfter(next, request, reply.tookMs!) : reply;
    };
  }

  #isFor({ name }: DnsRequest): boolean {
    const { from, except } = this.#settings;
    return isInZone(name, from) && (name === from || !isInAnyZone(except, name));
  }

  #hasRoom(nowMs: number): boolean {
    if (this.#settings.maxConcurrent === 0) return true;
    this.#ends = this.#ends.filter((endMs) => endMs > nowMs);
    return this.#ends.length < this.#settings.maxConcurrent;
  }

  #isLeftToNext({ rcode, answers }: DnsMessage): boolean {
    const { nextOn, nextOnNoData } = this.#settings;
    return nextOn.includes(rcode) || (nextOnNoData && rcode === "NOERROR" && answers.length === 0);
  }

  #passOn(request: DnsRequest): DnsReply {
    const { nowMs } = request;
    const { maxConnectAttempts = 2 * this.#upstreams.length, failfast, failover } = this.#settings;
    const list = this.#list();
    const { length } = list;
    let error = "no healthy proxies";
    let [index, fails, attempts, failovers, tookMs] = [0, 0, 0, 0, 0];
    while (tookMs < deadlineMs && (maxConnectAttempts === 0 || attempts < maxConnectAttempts)) {
      if (index === length) [index, fails] = [0, 0];
      let upstream = list[index++]!;
      if (upstream.isDown(nowMs + tookMs)) {
        fails++;
        if (fails < length) continue;
        if (failfast) break;
        upstream = this.#upstreams[this.#random.below(length)]!;
      }
      const exchange = this.#ask(upstream, request, nowMs + tookMs);
      tookMs += exchange.tookMs;
      if (exchange.kind === "answered") {
        if (failover.includes(exchange.message.rcode) && ++failovers < length) continue;
        return { ...replyFrom(exchange.message, request), tookMs };
      }
      error = exchange.error;
      if (maxConnectAttempts > 0) attempts++;
      // Where nothing takes time, only the attempts could end this.
      if (fails >= length || (maxConnectAttempts === 0 && exchange.tookMs === 0)) break;
    }
    return { rcode: "SERVFAIL", error, tookMs };
  }

  #ask(
    upstream: Upstream,
    request: DnsRequest,
    nowMs: number,
  ): { kind: "answered"; message: DnsMessage; tookMs: number } | { kind: "failed"; error: string; tookMs: number } {
    const { forceTcp, preferUdp } = this.#settings;
    const transport: DnsTransport = forceTcp ? "tcp" : preferUdp ? "udp" : request.transport;
    const server = joinHostPort(upstream.address, upstream.port);
    let exchange = upstream.ask(request.message, transport);
    let { tookMs } = exchange;
    if (exchange.kind === "answered" && exchange.message.flags.tc && preferUdp && !forceTcp) {
      exchange = upstream.ask(request.message, "tcp");
      tookMs += exchange.tookMs;
    }
    if (exchange.kind === "answered") {
      request.steps?.push({ plugin: "forward", text: `${server} answers ${exchange.message.rcode} (${transport})` });
      return { ...exchange, tookMs };
    }
    request.steps?.push({ plugin: "forward", text: `${server}: ${exchange.kind} (${transport})` });
    upstream.suspect(nowMs + tookMs);
    const own = joinHostPort(this.#surroundings.addresses[0] ?? "127.0.0.1", 32768 + this.#random.below(28232));
    const why = exchange.kind === "refused" ? "read: connection refused" : "i/o timeout";
    return { kind: "failed", error: `read ${transport} ${own}->${server}: ${why}`, tookMs };
  }

  /** The upstreams in the order in which they are tried. */
  #list(): readonly Upstream[] {
    const upstreams = this.#upstreams;
    const { policy } = this.#settings;
    if (policy === "sequential" || upstreams.length === 1) return upstreams;
    if (policy === "round_robin") {
      this.#turn = (this.#turn + 1) % upstreams.length;
      const first = upstreams[this.#turn]!;
      return [first, ...upstreams.filter((upstream) => upstream !== first)];
    }
    const list = [...upstreams];
    for (let index = list.length - 1; index > 0; index--) {
      const other = this.#random.below(index + 1);
      [list[index], list[other]] = [list[other]!, list[index]!];
    }
    return list;
  }
}

/** What the upstream said, under the query's own ID; an answer to another question is a malformed one. */
function replyFrom(message: DnsMessage, { message: query, question, name }: DnsRequest): DnsReply {
  const [answered, second] = message.questions;
  const matches =
    message.flags.qr &&
    second === undefined &&
    answered !== undefined &&
    lowerName(answered.name) === name &&
    answered.type === question.type &&
    answered.class === question.class;
  return { rcode: "NOERROR", message: matches ? { ...message, id: query.id } : replyTo(query, "FORMERR") };
}
