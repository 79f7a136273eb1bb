import type { Origin } from "@kubenetsim/core/trace/origin";
import type { HookName, RuleStep } from "@kubenetsim/core/trace/step";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import { printRule } from "@kubenetsim/netfilter/text/iptables-print";
import type { NamedChain } from "./kernel-names.ts";

/** A rule that matched; its text is made when it is read. */
export class RuleView implements RuleStep {
  readonly kind = "rule";
  readonly hook: HookName;
  readonly #chain: NamedChain;
  readonly #index: number;

  constructor(hook: HookName, chain: NamedChain, index: number) {
    this.hook = hook;
    this.#chain = chain;
    this.#index = index;
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
    return printRule(this.#rule, this.#chain.chain);
  }

  get target(): string | undefined {
    const { target } = this.#rule;
    return target === undefined
      ? undefined
      : target.kind === "jump" || target.kind === "goto"
        ? target.chain
        : target.kind;
  }

  get origin(): Origin | undefined {
    return this.#rule.origin;
  }

  get #rule(): Rule {
    return this.#chain.rules[this.#index]!;
  }
}
