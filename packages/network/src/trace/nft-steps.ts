import type { NumgenStep, SetLookupStep } from "@kubenetsim/core/trace/step";
import { hookNames } from "@kubenetsim/netfilter/engine/hook";
import { keyOf } from "@kubenetsim/netfilter/engine/nft/element-key";
import { numgenMode } from "@kubenetsim/netfilter/engine/nft/numgen";
import { readVerdict } from "@kubenetsim/netfilter/engine/nft/tape-names";
import { elementKeyText } from "@kubenetsim/netfilter/text/nft-value-print";
import type { KernelNames } from "./kernel-names.ts";
import { NftRuleView } from "./nft-rule-view.ts";

/** An `nftRule` record whose slots begin at `at`. */
export function readNftRule(words: Int32Array, at: number, names: KernelNames): NftRuleView {
  return new NftRuleView(
    hookNames[words[at]!]!,
    names.nftChain(~words[at + 1]!),
    words[at + 2]!,
    words[at + 3]!,
    names,
  );
}

/** An `nftLookup` record. */
export function readNftLookup(words: Int32Array, at: number, names: KernelNames): SetLookupStep {
  const { table, set, types } = names.nftSet(words[at]!);
  const hit = words[at + 1] === 1;
  const verdict = words[at + 2]!;
  const key = [...words.subarray(at + 4, at + 4 + words[at + 3]!)];
  const origin = hit ? names.nftElement(words[at]!, key)?.origin : undefined;
  return {
    kind: "set-lookup",
    table,
    set,
    entry: types === undefined ? "" : elementKeyText(keyOf(types, key), "listed"),
    hit,
    ...(verdict < 0 ? {} : { verdict: verdictText(verdict, names) }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** A `numgen` record. */
export function readNumgen(words: Int32Array, at: number): NumgenStep {
  const mode = words[at] === numgenMode.random ? "random" : words[at] === numgenMode.jhash ? "jhash" : "inc";
  return { kind: "numgen", mode, modulus: words[at + 1]! >>> 0, number: words[at + 2]! >>> 0 };
}

function verdictText(word: number, names: KernelNames): string {
  const { kind, chain } = readVerdict(word);
  return kind === "jump" || kind === "goto" ? `${kind} ${names.nftChain(chain).chain}` : kind;
}
