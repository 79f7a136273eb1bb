import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Dispenser } from "../../corefile/dispenser.ts";
import { isDomainName, lowerName } from "../../message/dns-name.ts";
import { isWritable } from "../../message/is-writable.ts";
import type { DnsHandler, DnsReply, DnsRequest, PluginDefinition } from "../plugin.ts";
import { writtenMessage } from "../written-message.ts";
import { cnameRule } from "./cname-rule.ts";
import { classRule, rcodeRule, ttlRule, typeRule } from "./field-rules.ts";
import { nameRule } from "./name-rule.ts";
import { applyRules, type ResponseRule } from "./response-rule.ts";
import type { RewriteRule } from "./rewrite-rule.ts";

/** Changes queries on their way in, and the answers back (plugin/rewrite). */
export const rewrite: PluginDefinition = {
  name: "rewrite",
  setup: ({ words, askSelf }) => {
    const rules = readRules(words());
    return { handle: (next) => (request) => handle(request, rules, next, askSelf) };
  },
};

function handle(request: DnsRequest, rules: readonly RewriteRule[], next: DnsHandler, askSelf: DnsHandler): DnsReply {
  let changed = request;
  const responses: ResponseRule[] = [];
  for (const rule of rules) {
    const rewritten = rule.apply(changed, askSelf);
    if (rewritten === undefined) continue;
    const { question } = rewritten;
    if (!isDomainName(question.name)) {
      return { rcode: "SERVFAIL", error: `invalid name after rewrite: ${question.name}` };
    }
    if (question !== changed.question) {
      request.steps?.push({ plugin: "rewrite", text: `asks for ${question.name} ${question.type} instead` });
      const message = { ...changed.message, questions: [question] };
      changed = { ...changed, message, question, name: lowerName(question.name) };
    }
    responses.push(...rewritten.responses);
    // A rule that says stop has its answers changed back even when it asks for nothing of the kind.
    if (rule.mode === "stop") return revert(request, changed, pass(request, changed, next), responses);
  }
  const reply = pass(request, changed, next);
  return responses.length === 0 ? asItIs(changed, reply) : revert(request, changed, reply, responses);
}

/** The real one changes the query that the plugins before hold, too. */
function pass(request: DnsRequest, changed: DnsRequest, next: DnsHandler): DnsReply {
  const reply = next(changed);
  return changed === request ? reply : { ...reply, asked: reply.asked ?? changed.question };
}

/** The answer with the question as it came. Where nobody wrote one, one of the code is written, so that it is changed too. */
function revert(
  request: DnsRequest,
  changed: DnsRequest,
  reply: DnsReply,
  responses: readonly ResponseRule[],
): DnsReply {
  const message = writtenMessage(changed.message, reply);
  if (message === undefined) return reply;
  const restored = { ...message, questions: [request.question] };
  if (responses.length === 0) return { ...reply, rcode: "NOERROR", message: restored };
  const rewritten = applyRules({ ...reply, rcode: "NOERROR", message: restored }, responses);
  return isWritable(rewritten.message) ? rewritten : { ...rewritten, message: undefined };
}

function asItIs(changed: DnsRequest, reply: DnsReply): DnsReply {
  return { ...reply, message: writtenMessage(changed.message, reply) };
}

function readRules(words: Dispenser): RewriteRule[] {
  const rules: RewriteRule[] = [];
  while (words.next()) {
    const args = words.remainingArgs();
    if (args.length < 2) while (words.nextBlock()) args.push(words.val());
    rules.push(readRule(words, args));
  }
  return rules;
}

function readRule(words: Dispenser, args: readonly string[]): RewriteRule {
  const fail = (problem: string): Error => words.plainErr(problem);
  const first = args[0]?.toLowerCase();
  if (first === undefined) throw fail("no rule type specified for rewrite");
  const hasMode = first === "stop" || first === "continue";
  if (hasMode && args.length < 2) throw fail(`${first} rule must begin with a rule type`);
  const [type, ...rest] = (hasMode ? args.slice(1) : args) as [string, ...string[]];
  const mode = first === "continue" ? "continue" : "stop";
  switch (type.toLowerCase()) {
    case "answer":
      throw fail("response rewrites must begin with a name rule");
    case "name":
      return nameRule(mode, rest, fail);
    case "class":
    case "type":
      if (rest.length !== 2) throw fail(`${type.toLowerCase()} rules must have exactly two arguments`);
      return (type.toLowerCase() === "type" ? typeRule : classRule)(mode, rest, fail);
    case "ttl":
      return ttlRule(mode, rest, fail);
    case "rcode":
      return rcodeRule(mode, rest, fail);
    case "cname":
      return cnameRule(mode, rest, fail);
    case "edns0":
      throw new UnsupportedError("rewrite edns0", "options of EDNS", words.position());
    default:
      throw fail(`invalid rule type "${args[0]}"`);
  }
}
