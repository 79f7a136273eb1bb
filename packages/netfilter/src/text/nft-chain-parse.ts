import type { NftBase, NftHookName } from "../ruleset/nft-table.ts";
import { namedNftPriority } from "./nft-priority.ts";
import { decimal } from "./nft-value-parse.ts";
import type { NftWords } from "./nft-words.ts";

const hooks: readonly NftHookName[] = ["prerouting", "input", "forward", "output", "postrouting"];

/** `filter hook input priority 0` and, where it follows, `; policy drop`: what comes after `type`. */
export function parseChainBase(words: NftWords): NftBase {
  const type = words.take("a type of chain");
  if (type !== "filter" && type !== "nat" && type !== "route") throw words.error(`not a type of chain: ${type}`);
  words.expect("hook");
  const name = words.take("a hook");
  const hook = hooks.find((known) => known === name);
  if (hook === undefined) throw words.unsupported(`nft hook "${name}"`);
  if (words.peek() === "device") throw words.unsupported("a chain of a device", 0);
  words.expect("priority");
  const priority = parsePriority(words);
  words.accept(";");
  const policy = words.accept("policy") ? parsePolicy(words) : "accept";
  words.accept(";");
  return { type, hook, priority, policy };
}

function parsePriority(words: NftWords): number {
  const word = words.take("a priority");
  const base = /^-?\d+$/.test(word) ? Number(word) : namedNftPriority(word);
  if (base === undefined) throw words.error(`not a priority: ${word}`);
  const sign = words.accept("+") ? 1 : words.accept("-") ? -1 : 0;
  return sign === 0 ? base : base + sign * decimal(words, words.take("an offset"), "an offset", 0x7fffffff);
}

function parsePolicy(words: NftWords): "accept" | "drop" {
  const policy = words.take("a policy");
  if (policy !== "accept" && policy !== "drop") throw words.error(`not a policy: ${policy}`);
  return policy;
}
