import { replyTo } from "../../message/dns-message.ts";
import type { DnsHandler, DnsReply, DnsRequest, PluginDefinition } from "../plugin.ts";
import { isInAnyZone } from "../zones.ts";
import { type AnswerKey, AnswerStore } from "./answer-store.ts";
import { type CacheSettings, readCacheSettings } from "./cache-settings.ts";
import { answerFor, answersQuestion, type CachedAnswer, kindForCache, remainingTtl } from "./cached-answer.ts";
import { passResponse, type Stores } from "./keep-answer.ts";

/** Keeps answers (plugin/cache). Each server has its own: two replicas know different things. */
export const cache: PluginDefinition = {
  name: "cache",
  setup: ({ words, zones, surroundings }) => {
    const settings = readCacheSettings(words(), zones);
    const random = surroundings.random.fork("cache");
    const stores = {
      success: new AnswerStore(settings.success.capacity, random),
      denial: new AnswerStore(settings.denial.capacity, random),
    };
    return { handle: (next) => new AnswerCache(settings, stores, next).handler, offers: stores };
  },
};

/** What a response was asked for. */
type Purpose = Pick<Parameters<typeof passResponse>[2], "replaces" | "heedsExceptions">;
const asked: Purpose = { replaces: false, heedsExceptions: true };
const failed: Purpose = { replaces: true, heedsExceptions: true };
const refreshed: Purpose = { replaces: true, heedsExceptions: false };

class AnswerCache {
  readonly #settings: CacheSettings;
  readonly #stores: Stores;
  readonly #next: DnsHandler;

  constructor(settings: CacheSettings, stores: Stores, next: DnsHandler) {
    this.#settings = settings;
    this.#stores = stores;
    this.#next = next;
  }

  readonly handler: DnsHandler = (request) => {
    if (request.message.opcode !== "QUERY" || !isInAnyZone(this.#settings.zones, request.name)) {
      return this.#next(request);
    }
    const key = keyOf(request);
    const kept = this.#find(key, request.nowMs);
    if (kept === undefined) return this.#ask(request, key);
    return remainingTtl(kept, request.nowMs) > 0 ? this.#fresh(request, key, kept) : this.#stale(request, key, kept);
  };

  /** A denial comes before a success, but a failure after a success that still holds. */
  #find(key: AnswerKey, nowMs: number): CachedAnswer | undefined {
    const { stale, preferPositive } = this.#settings;
    const success = this.#stores.success.get(key);
    const good = success?.answering === true ? success : success?.lastKnownGood;
    if (preferPositive && stale !== undefined && good !== undefined && this.#isUsable(good, nowMs)) return good;
    const usable = success !== undefined && this.#isUsable(success, nowMs) ? success : undefined;
    const denial = this.#stores.denial.get(key);
    if (denial === undefined || !this.#isUsable(denial, nowMs)) return usable;
    return denial.message.rcode === "SERVFAIL" ? (usable ?? denial) : denial;
  }

  /** An answer that is still waited for is not there yet. */
  #isUsable(answer: CachedAnswer, nowMs: number): boolean {
    if (answer.storedMs > nowMs) return false;
    const ttl = remainingTtl(answer, nowMs);
    return ttl > 0 || -ttl < Math.trunc((this.#settings.stale?.upToMs ?? 0) / 1000);
  }

  /** Asks on, and keeps what comes. A failure that nobody has written a message for is kept too. */
  #ask(request: DnsRequest, key: AnswerKey): DnsReply {
    const reply = this.#next(forRefresh(request));
    const { message, rcode, error } = reply;
    if (message === undefined) {
      if (error !== undefined && rcode === "SERVFAIL" && this.#settings.servfail > 0) {
        this.#pass(request, key, { ...reply, message: replyTo(request.message, "SERVFAIL") }, failed);
      }
      return reply;
    }
    return this.#pass(request, key, reply, asked);
  }

  #pass(request: DnsRequest, key: AnswerKey, reply: DnsReply, purpose: Purpose): DnsReply {
    const { message, kept } = passResponse(reply.message!, key, {
      settings: this.#settings,
      stores: this.#stores,
      nowMs: request.nowMs + (reply.tookMs ?? 0),
      ...purpose,
      wantsAuthentic: key.do || request.message.flags.ad,
    });
    if (kept !== undefined) request.steps?.push({ plugin: "cache", text: `keeps the answer for ${kept.ttl} s` });
    return { ...reply, message };
  }

  #fresh(request: DnsRequest, key: AnswerKey, kept: CachedAnswer): DnsReply {
    const { nowMs } = request;
    const left = remainingTtl(kept, nowMs);
    request.steps?.push({ plugin: "cache", text: `has the answer, for ${left} s more` });
    const message = answerFor(request.message, kept, this.#settings.keepTtl ? kept.ttl : left);
    if (this.#wantsPrefetch(kept, nowMs)) {
      this.#prefetch(request, key);
      this.#takeOverHits(key, kept, nowMs);
    }
    return { message, rcode: "NOERROR" };
  }

  #wantsPrefetch(kept: CachedAnswer, nowMs: number): boolean {
    const { amount, withinMs, percentage } = this.#settings.prefetch;
    if (amount <= 0) return false;
    kept.hits = kept.lastHitMs < nowMs - withinMs ? 1 : kept.hits + 1;
    kept.lastHitMs = nowMs;
    return kept.hits >= amount && remainingTtl(kept, nowMs) <= Math.ceil((percentage / 100) * kept.ttl);
  }

  /** Asks on without anybody waiting. A prefetch goes out as if it had come over TCP. */
  #prefetch(request: DnsRequest, key: AnswerKey): void {
    const reply = this.#next({ ...forRefresh(request), transport: "tcp", client: "", clientPort: 0 });
    if (reply.message !== undefined) this.#pass(request, key, reply, refreshed);
  }

  /** What stands there after a refresh goes on with the count of the one before it. */
  #takeOverHits(key: AnswerKey, { hits }: CachedAnswer, lastHitMs: number): void {
    const known = this.#stores.denial.get(key) ?? this.#stores.success.get(key);
    if (known !== undefined) Object.assign(known, { hits, lastHitMs });
  }

  #stale(request: DnsRequest, key: AnswerKey, kept: CachedAnswer): DnsReply {
    const stale = this.#settings.stale!;
    const { nowMs } = request;
    const asksAgain = nowMs >= kept.retryAfterMs;
    let waitedMs: number | undefined;
    if (stale.verify && asksAgain) {
      const verified = this.#verify(request, key, kept);
      if (verified.message !== undefined) return verified;
      waitedMs = verified.tookMs;
    }
    request.steps?.push({ plugin: "cache", text: `has an answer that ran out ${-remainingTtl(kept, nowMs)} s ago` });
    const ttl = stale.ttl > 0 ? stale.ttl : this.#settings.keepTtl ? kept.ttl : 0;
    const message = answerFor(request.message, kept, ttl);
    if (!stale.verify && asksAgain) {
      const { message: newer } = this.#refreshStale(request, key, kept, "tcp");
      // The real one has set its clock back by then, to tell a TTL of 0.
      if (newer !== undefined) this.#takeOverHits(key, kept, nowMs + 1000 * remainingTtl(kept, nowMs));
    }
    return { message, rcode: "NOERROR", tookMs: waitedMs };
  }

  /** Whether there is a newer answer, if it comes in time. What comes later is kept all the same. */
  #verify(request: DnsRequest, key: AnswerKey, kept: CachedAnswer): DnsReply {
    const { verifyTimeoutMs } = this.#settings.stale!;
    const reply = this.#refreshStale(request, key, kept, request.transport);
    const tookMs = reply.tookMs ?? 0;
    if (verifyTimeoutMs > 0 && tookMs > verifyTimeoutMs) return { rcode: "NOERROR", tookMs: verifyTimeoutMs };
    return reply;
  }

  /** Asks on for an answer that has run out. Without a message where nothing better came. */
  #refreshStale(request: DnsRequest, key: AnswerKey, kept: CachedAnswer, transport: "udp" | "tcp"): DnsReply {
    const { preferPositive, stale } = this.#settings;
    const { message, tookMs, rcode } = this.#next({ ...forRefresh(request), transport });
    const isBetter =
      message !== undefined &&
      !message.flags.tc &&
      (preferPositive
        ? kindForCache(message, request.nowMs) === "success" && answersQuestion(message)
        : message.rcode === "NOERROR" || message.rcode === "NXDOMAIN");
    const passed =
      message !== undefined && !message.flags.tc && (isBetter || preferPositive)
        ? this.#pass(request, key, { message, rcode, tookMs }, refreshed)
        : undefined;
    kept.retryAfterMs = isBetter ? Number.NEGATIVE_INFINITY : request.nowMs + (tookMs ?? 0) + stale!.recheckMs;
    return isBetter ? passed! : { rcode: "NOERROR", tookMs };
  }
}

function keyOf({ name, question, message }: DnsRequest): AnswerKey {
  const { type, class: recordClass } = question;
  return { name, type, class: recordClass, do: message.edns?.do === true, cd: message.flags.cd };
}

/** The query as it goes on: with AD set, so that what is kept can tell whether it was authentic. */
function forRefresh(request: DnsRequest): DnsRequest {
  const { message } = request;
  if (message.flags.ad) return request;
  return { ...request, message: { ...message, flags: { ...message.flags, ad: true } } };
}
