import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { normalizedZone } from "../../corefile/zone-and-port.ts";
import type { DnsRequest } from "../plugin.ts";
import { type Fail, type MatchKind, matchKinds, patternFor, replaced } from "./name-pattern.ts";
import { ownerRule, type ResponseRule, valueRule } from "./response-rule.ts";
import type { RewriteRule } from "./rewrite-rule.ts";

/** Changes the name that is asked for (plugin/rewrite/name.go). */
export function nameRule(mode: RewriteRule["mode"], args: readonly string[], fail: Fail): RewriteRule {
  if (args.length < 2) throw fail("too few arguments for a name rule");
  const named = args.length === 2 ? "exact" : args[0]!.toLowerCase();
  const [from, to] = (args.length === 2 ? args : args.slice(1, 3)) as readonly [string, string];
  if (args[3] === "metadata") {
    if (named !== "regex") throw fail("metadata is only supported for regex name rules");
    throw new UnsupportedError("rewrite name regex … metadata", "metadata of other plugins");
  }
  const { auto, rules } = args.length > 3 ? answerRules(named, args.slice(3), fail) : { auto: false, rules: [] };
  const kind = matchKinds.find((known) => known === named);
  if (kind === undefined) {
    throw fail(`name rule supports only exact, prefix, suffix, substring, and regex name matching, received: ${named}`);
  }
  const rewrite = nameRewriter(kind, from, to, fail);
  // The suffixes are changed back in every record; else the whole name is, where it stands alone or ends another.
  const suffixes = kind === "suffix" && auto ? backRules(suffixBack(normalizedZone(to), normalizedZone(from))) : [];
  const isRemapped = kind === "exact" || (auto && kind !== "suffix");
  return {
    mode,
    apply: ({ question, name }: DnsRequest) => {
      const changed = rewrite(name);
      if (changed === undefined) return undefined;
      const back = isRemapped ? backRules(nameBack(changed, name)) : suffixes;
      return { question: { ...question, name: changed }, responses: [...back, ...rules] };
    },
  };
}

function nameRewriter(kind: MatchKind, from: string, to: string, fail: Fail): (name: string) => string | undefined {
  const replacement = normalizedZone(to);
  if (kind === "regex") {
    const pattern = patternFor(from, to, fail);
    return (name) => replaced(pattern, replacement, name);
  }
  const part = normalizedZone(from);
  if (kind === "exact") {
    patternFor(replacement, part, fail);
    return (name) => (name === part ? replacement : undefined);
  }
  if (kind === "prefix") return (name) => (name.startsWith(part) ? replacement + name.slice(part.length) : undefined);
  if (kind === "suffix") {
    return (name) => (name.endsWith(part) ? name.slice(0, name.length - part.length) + replacement : undefined);
  }
  return (name) => (name.includes(part) ? name.split(part).join(replacement) : undefined);
}

function backRules(back: (name: string) => string): ResponseRule[] {
  return [ownerRule(back), valueRule(back)];
}

function suffixBack(suffix: string, original: string): (name: string) => string {
  return (name) => (name.endsWith(suffix) ? name.slice(0, name.length - suffix.length) + original : name);
}

function nameBack(changed: string, original: string): (name: string) => string {
  return (name) => {
    if (name === changed) return original;
    return name.endsWith(`.${changed}`) ? name.slice(0, name.length - changed.length) + original : name;
  };
}

/** `answer auto`, `answer name FROM TO value FROM TO`: what is changed on the way back. */
function answerRules(kind: string, args: readonly string[], fail: Fail): { auto: boolean; rules: ResponseRule[] } {
  if (args.length < 2) throw fail(`invalid arguments for ${kind} rule`);
  if (args[0] !== "answer") {
    throw fail(`exceeded the number of arguments for a non-answer rule argument for ${kind} rule`);
  }
  const rules: ResponseRule[] = [];
  let [auto, hasName] = [false, false];
  for (let index = 0; index < args.length; ) {
    if (args[index] === "answer") index++;
    const type = args[index++];
    if (type === undefined) throw fail(`type missing for answer rule for ${kind} rule`);
    if (type === "auto") {
      auto = true;
      continue;
    }
    if (type !== "name" && type !== "value") throw fail(`invalid type "${type}" for answer rule for ${kind} rule`);
    const [from, to] = args.slice(index, index + 2);
    if (to === undefined) throw fail(`${type} answer rule for ${kind} rule: 2 arguments required`);
    const pattern = patternFor(from!, to, (problem) => fail(`${type} answer rule for ${kind} rule: ${problem}`));
    const back = (name: string): string => replaced(pattern, normalizedZone(to), name) ?? name;
    rules.push(type === "name" ? ownerRule(back) : valueRule(back));
    hasName ||= type === "name";
    index += 2;
  }
  if (auto && hasName) throw fail("auto name answer rule cannot be combined with explicit name anwer rules");
  return { auto, rules };
}
