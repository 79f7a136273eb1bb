import type { DnsMessage, Question } from "../../message/dns-message.ts";
import { lowerName } from "../../message/dns-name.ts";
import { hasSoa, type ResponseKind } from "../../message/response-kind.ts";
import { isInAnyZone } from "../zones.ts";
import type { AnswerKey, AnswerStore } from "./answer-store.ts";
import type { CacheSettings, StoreSettings } from "./cache-settings.ts";
import { answersQuestion, type CachedAnswer, kindForCache, leadsNowhere, withTtl } from "./cached-answer.ts";

/** Seconds for what has no TTL of its own to go by (plugin/pkg/dnsutil, MinimalDefaultTTL). */
const failSafeTtl = 5;

export interface Stores {
  readonly success: AnswerStore;
  readonly denial: AnswerStore;
}

/** What the one that asked gets. */
export interface Passing {
  readonly message: DnsMessage;
  /** What was kept of it. */
  readonly kept: CachedAnswer | undefined;
}

/**
 * Lets a response pass: its TTLs become the one that it would be kept for, and where it can be kept, it is (plugin/cache,
 * ResponseWriter.WriteMsg). The TTLs change in zones that are not kept too. `replaces` is said of a response that was asked
 * for in place of a kept one: then a kept denial goes. `heedsExceptions` is false for one that was asked for beside: the real
 * writers of those carry no list of zones that are not kept.
 */
export function passResponse(
  response: DnsMessage,
  key: AnswerKey,
  using: {
    settings: CacheSettings;
    stores: Stores;
    nowMs: number;
    replaces: boolean;
    heedsExceptions: boolean;
    wantsAuthentic: boolean;
  },
): Passing {
  const { settings, nowMs } = using;
  const kind = kindForCache(response, nowMs);
  const seconds = keepingTime(response, kind, settings);
  const ttl = Math.trunc(seconds);
  const { id, opcode, rcode, questions } = response;
  const flags = response.flags;
  const message: DnsMessage = {
    id,
    opcode,
    flags,
    rcode,
    questions,
    answers: withTtl(response.answers, ttl),
    authorities: withTtl(response.authorities, ttl),
    additionals: withTtl(response.additionals, ttl),
  };
  const isExcepted = using.heedsExceptions && isInAnyZone(storeOf(settings, kind).except, key.name);
  const isKept = seconds > 0 && !isExcepted && canBeKept(message, kind) && repliesTo(message, key);
  const kept = isKept ? keep(message, key, kind, seconds, using) : undefined;
  if (using.wantsAuthentic || !flags.ad) return { message, kept };
  return { message: { ...message, flags: { ...flags, ad: false } }, kept };
}

function isSuccessful(kind: ResponseKind): boolean {
  return kind === "success" || kind === "delegation";
}

function storeOf({ success, denial }: CacheSettings, kind: ResponseKind): StoreSettings {
  return isSuccessful(kind) ? success : denial;
}

/** Seconds. */
function keepingTime(message: DnsMessage, kind: ResponseKind, { success, denial, servfail }: CacheSettings): number {
  if (kind === "serverError") return servfail;
  const { shortest, longest } = kind === "nameError" || kind === "noData" ? denial : success;
  return Math.min(Math.max(smallestTtl(message, kind, longest), shortest), longest);
}

/** The smallest TTL of all records: that of an SOA's header and not its minimum (plugin/pkg/dnsutil, MinimalTTL). */
function smallestTtl({ answers, authorities, additionals }: DnsMessage, kind: ResponseKind, longest: number): number {
  if (kind !== "success" && kind !== "nameError" && kind !== "noData") return failSafeTtl;
  if (answers.length + authorities.length + additionals.length === 0) return failSafeTtl;
  let smallest = longest;
  for (const section of [answers, authorities, additionals]) {
    for (const { ttl } of section) if (ttl < smallest) smallest = ttl;
  }
  return smallest;
}

function canBeKept(message: DnsMessage, kind: ResponseKind): boolean {
  if (message.flags.tc || message.questions.length === 0) return false;
  if (kind === "otherError" || kind === "meta" || kind === "update") return false;
  if (kind === "nameError") return hasSoa(message);
  return kind !== "success" || hasSoa(message) || !leadsNowhere(message);
}

/** request.Request.Match. */
function repliesTo({ questions, flags }: DnsMessage, key: AnswerKey): boolean {
  const [question, second] = questions as readonly [Question, ...Question[]];
  if (second !== undefined || !flags.qr || lowerName(question.name) !== key.name) return false;
  return question.type === key.type && question.class === key.class;
}

function keep(
  message: DnsMessage,
  key: AnswerKey,
  kind: ResponseKind,
  seconds: number,
  { settings, stores, nowMs, replaces }: { settings: CacheSettings; stores: Stores; nowMs: number; replaces: boolean },
): CachedAnswer {
  const isSuccess = isSuccessful(kind);
  const answering = answersQuestion(message);
  const previous = isSuccess && settings.preferPositive && !answering ? stores.success.get(key) : undefined;
  const kept: CachedAnswer = {
    message,
    ttl: Math.trunc(seconds),
    storedMs: nowMs,
    answering,
    lastKnownGood: previous?.answering === true ? previous : previous?.lastKnownGood,
    hits: 0,
    lastHitMs: Number.NEGATIVE_INFINITY,
    retryAfterMs: Number.NEGATIVE_INFINITY,
  };
  (isSuccess ? stores.success : stores.denial).set(key, kept);
  if (isSuccess && (settings.preferPositive ? answering : replaces)) stores.denial.delete(key);
  return kept;
}
