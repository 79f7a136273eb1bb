import type { HookName } from "@kubenetsim/core/trace/step";
import { readVerdict } from "@kubenetsim/netfilter/engine/nft/tape-names";
import type { NftStatement } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NftFamily, NftRule } from "@kubenetsim/netfilter/ruleset/nft-table";
import { listedRule } from "@kubenetsim/netfilter/text/nft-list-print";
import { ChainRuleView } from "./chain-rule-view.ts";
import type { KernelNames, NamedNftChain } from "./kernel-names.ts";

/** An nft rule that held. */
export class NftRuleView extends ChainRuleView<NftRule> {
  readonly #family: NftFamily;
  /** Verdict word that a map gave; -1 for none. */
  readonly #verdict: number;
  readonly #names: KernelNames;

  constructor(hook: HookName, chain: NamedNftChain, index: number, verdict: number, names: KernelNames) {
    super(hook, chain, index);
    this.#family = chain.family;
    this.#verdict = verdict;
    this.#names = names;
  }

  get text(): string {
    return listedRule(this.rule, this.#family);
  }

  get target(): string | undefined {
    if (this.#verdict < 0) return targetOf(this.rule.statements.at(-1));
    const { kind, chain } = readVerdict(this.#verdict);
    return kind === "jump" || kind === "goto" ? this.#names.nftChain(chain).chain : kind.toUpperCase();
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
