import type { Edns } from "../../message/dns-message.ts";
import { parseRcode, type Rcode, rcodeNamed } from "../../message/rcode.ts";
import type { RecordClass } from "../../message/record-class.ts";
import { parseRecordType, type RecordType } from "../../message/record-type.ts";
import { type Fail, type MatchKind, matchKinds, nameMatcher } from "./name-pattern.ts";
import type { ResponseRule } from "./response-rule.ts";
import type { RewriteRule } from "./rewrite-rule.ts";

const classes: readonly RecordClass[] = ["IN", "CH", "HS", "NONE", "ANY"];

/** Asks for another type (plugin/rewrite/type.go). The answer keeps it. */
export function typeRule(mode: RewriteRule["mode"], args: readonly string[], fail: Fail): RewriteRule {
  const [from, to] = args.map((arg): RecordType => {
    const type = parseRecordType(arg);
    if (type === undefined) throw fail(`invalid type "${arg.toUpperCase()}"`);
    return type;
  });
  return {
    mode,
    apply: ({ question }) =>
      question.type === from ? { question: { ...question, type: to! }, responses: [] } : undefined,
  };
}

/** Asks in another class (plugin/rewrite/class.go). */
export function classRule(mode: RewriteRule["mode"], args: readonly string[], fail: Fail): RewriteRule {
  const [from, to] = args.map((arg): RecordClass => {
    const found = classes.find((known) => known === arg.toUpperCase());
    if (found === undefined) throw fail(`invalid class "${arg.toUpperCase()}"`);
    return found;
  });
  return {
    mode,
    apply: ({ question }) =>
      question.class === from ? { question: { ...question, class: to! }, responses: [] } : undefined,
  };
}

/** Raises and lowers the TTLs of answers (plugin/rewrite/ttl.go). */
export function ttlRule(mode: RewriteRule["mode"], args: readonly string[], fail: Fail): RewriteRule {
  if (args.length < 2) throw fail(`too few (${args.length}) arguments for a ttl rule`);
  const text = args.length <= 3 ? args.at(-1)! : "";
  const [shortest, longest] = ttlRange(text) ?? [];
  if (shortest === undefined || longest === undefined) throw fail(`invalid TTL '${text}' for a ttl rule`);
  const matches = matcherOf(args.slice(0, -1), "ttl", fail);
  const limited = (seconds: number): number => Math.min(Math.max(seconds, shortest), longest);
  const clamp: ResponseRule = {
    record: (record) => ({ ...record, ttl: limited(record.ttl) }),
    message: (message) =>
      message.edns === undefined ? message : { ...message, edns: withLimitedTtl(message.edns, limited) },
  };
  return { mode, apply: ({ question, name }) => (matches(name) ? { question, responses: [clamp] } : undefined) };
}

/** The real one takes an OPT record's version and flags for its TTL, too (RFC 6891, section 6.1.3). */
function withLimitedTtl(edns: Edns, limited: (seconds: number) => number): Edns {
  const ttl = limited(edns.version * 0x10000 + (edns.do ? 0x8000 : 0));
  return { ...edns, version: (ttl >> 16) & 0xff, do: (ttl & 0x8000) !== 0 };
}

/** `30`, `30-60`, `30-`, `-60`. */
function ttlRange(text: string): readonly [number, number] | undefined {
  const match = /^(?:(\d+)|(\d*)-(\d*))$/.exec(text);
  if (match === null || text === "-") return undefined;
  const [, only, low, high] = match;
  const range =
    only === undefined ? [Number(low), high === "" ? 2147483647 : Number(high)] : [Number(only), Number(only)];
  const [shortest, longest] = range as [number, number];
  return shortest <= longest && longest <= 0xffffffff ? [shortest, longest] : undefined;
}

/** Changes a response code into another one (plugin/rewrite/rcode.go). */
export function rcodeRule(mode: RewriteRule["mode"], args: readonly string[], fail: Fail): RewriteRule {
  if (args.length < 3) throw fail(`too few (${args.length}) arguments for a rcode rule`);
  const [fromText = "", toText = ""] = args.length <= 4 ? args.slice(-2) : [];
  const from = rcodeOf(fromText);
  if (from === undefined) throw fail(`invalid matching RCODE '${fromText}' for a rcode rule`);
  const to = rcodeOf(toText);
  if (to === undefined) throw fail(`invalid replacement RCODE '${toText}' for a rcode rule`);
  const matches = matcherOf(args.slice(0, -2), "rcode", fail);
  const change: ResponseRule = {
    message: (message) => (message.rcode === from ? { ...message, rcode: to } : message),
  };
  return { mode, apply: ({ question, name }) => (matches(name) ? { question, responses: [change] } : undefined) };
}

function rcodeOf(text: string): Rcode | undefined {
  return /^\d+$/.test(text) && Number(text) <= 23 ? rcodeNamed(Number(text)) : parseRcode(text);
}

/** `NAME`, or `suffix NAME` and so on. */
function matcherOf(args: readonly string[], what: string, fail: Fail): (name: string) => boolean {
  if (args.length === 1) return nameMatcher("exact", args[0]!, what, fail);
  const kind: MatchKind | undefined = matchKinds.find((known) => known === args[0]!.toLowerCase());
  if (kind !== undefined) return nameMatcher(kind, args[1]!, what, fail);
  throw fail(`${what} rule supports only exact, prefix, suffix, substring, and regex name matching`);
}
