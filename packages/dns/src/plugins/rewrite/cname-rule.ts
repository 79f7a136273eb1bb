import { goPattern } from "@kubenetsim/core/pattern/go-pattern";
import { normalizedZone } from "../../corefile/zone-and-port.ts";
import type { DnsMessage } from "../../message/dns-message.ts";
import type { DnsName, ResourceRecord } from "../../message/resource-record.ts";
import { askAfter, askAgain } from "../look-up.ts";
import type { DnsHandler, DnsRequest } from "../plugin.ts";
import { type Fail, matchKinds, replaced } from "./name-pattern.ts";
import type { ResponseRule } from "./response-rule.ts";
import type { RewriteRule } from "./rewrite-rule.ts";

/** So often the server asks itself in turn. */
const deepestLookUp = 8;

/** Lets aliases point elsewhere, and asks for what lies there (plugin/rewrite/cname_target.go). */
export function cnameRule(mode: RewriteRule["mode"], args: readonly string[], fail: Fail): RewriteRule {
  if (args.length !== 2 && args.length !== 3) throw fail(`too few (${args.length}) arguments for a cname rule`);
  const kind = args.length === 2 ? "exact" : args[0]!.toLowerCase();
  if (!(matchKinds as readonly string[]).includes(kind)) throw fail(`unknown cname rewrite type: ${kind}`);
  const [from, to] = args.slice(-2).map((arg) => (kind === "exact" ? normalizedZone(arg) : arg.toLowerCase())) as [
    string,
    string,
  ];
  const pattern =
    kind === "regex"
      ? goPattern(from, (problem) => fail(`invalid cname rewrite regex pattern: ${problem}`))
      : undefined;
  const targetFor = (target: DnsName): DnsName | undefined => {
    if (pattern !== undefined) return replaced(pattern, to, target);
    if (kind === "exact") return target === from ? to : undefined;
    if (kind === "prefix") return target.startsWith(from) ? to + target.slice(from.length) : undefined;
    if (kind === "suffix") return target.endsWith(from) ? target.slice(0, target.length - from.length) + to : undefined;
    return target.includes(from) ? target.split(from).join(to) : undefined;
  };
  return {
    mode,
    apply: (request, askSelf) => ({ question: request.question, responses: [redirect(request, targetFor, askSelf)] }),
  };
}

function redirect(
  request: DnsRequest,
  targetFor: (target: DnsName) => DnsName | undefined,
  askSelf: DnsHandler,
): ResponseRule {
  return {
    reply: (reply) => {
      const { message } = reply;
      const depth = request.depth ?? 0;
      const alias = message.answers.find((record) => record.type === "CNAME" && targetFor(record.target) !== undefined);
      if (alias?.type !== "CNAME" || depth > deepestLookUp) return reply;
      const target = targetFor(alias.target)!;
      const ask: DnsHandler = (asked) =>
        askAgain(askSelf, { ...asked, depth: depth + 1 }, target, request.question.type);
      const { message: found, tookMs } = askAfter(ask, request, reply.tookMs ?? 0);
      return { ...reply, tookMs, message: found === undefined ? message : followed(message, alias, target, found) };
    },
  };
}

/** The aliases up to the one that is redirected, and what was found behind it. */
function followed(message: DnsMessage, alias: ResourceRecord, target: DnsName, found: DnsMessage): DnsMessage {
  const aliases = message.answers.slice(0, message.answers.indexOf(alias)).filter(({ type }) => type === "CNAME");
  const redirected = { ...alias, target } as ResourceRecord;
  const flags = { ...message.flags, tc: found.flags.tc };
  return { ...message, flags, answers: [...aliases, redirected, ...found.answers] };
}
