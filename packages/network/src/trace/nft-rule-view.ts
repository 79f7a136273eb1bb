import type { Origin } from "@kubenetsim/core/trace/origin";
import type { HookName, RuleStep } from "@kubenetsim/core/trace/step";
import { readVerdict } from "@kubenetsim/netfilter/engine/nft/tape-names";
import type { NftStatement } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NftRule } from "@kubenetsim/netfilter/ruleset/nft-table";
import { listedRule } from "@kubenetsim/netfilter/text/nft-list-print";
import type { KernelNames, NamedNftChain } from "./kernel-names.ts";

/** An nft rule that held; its text is made when it is read. */
export class NftRuleView implements RuleStep {
  readonly kind = "rule";
  readonly hook: HookName;
  readonly #chain: NamedNftChain;
  readonly #index: number;
  /** Verdict word that a map gave; -1 for none. */
  readonly #verdict: number;
  readonly #names: KernelNames;

  constructor(hook: HookName, chain: NamedNftChain, index: number, verdict: number, names: KernelNames) {
    this.hook = hook;
    this.#chain = chain;
    this.#index = index;
    this.#verdict = verdict;
    this.#names = names;
  }

  get table(): string {
    return this.#chain.table;
  }

  get chain(): string {
    return this.#chain.chain;
  }

  get ruleNumber(): number {
    return this.#index + 1;
  }

  get chainLength(): number {
    return this.#chain.rules.length;
  }

  get text(): string {
    return listedRule(this.#rule, this.#chain.family);
  }

  get target(): string | undefined {
    if (this.#verdict < 0) return targetOf(this.#rule.statements.at(-1));
    const { kind, chain } = readVerdict(this.#verdict);
    return kind === "jump" || kind === "goto" ? this.#names.nftChain(chain).chain : kind.toUpperCase();
  }

  get origin(): Origin | undefined {
    return this.#rule.origin;
  }

  get #rule(): NftRule {
    return this.#chain.rules[this.#index]!;
  }
}

function targetOf(last: NftStatement | undefined): string | undefined {
  switch (last?.kind) {
    case "verdict":
      return last.verdict.kind === "jump" || last.verdict.kind === "goto"
        ? last.verdict.chain
        : last.verdict.kind.toUpperCase();
    case "reject":
      return "REJECT";
    case "masquerade":
      return "MASQUERADE";
    case "dnat":
    case "dnat-map":
      return "DNAT";
    default:
      return undefined;
  }
}
