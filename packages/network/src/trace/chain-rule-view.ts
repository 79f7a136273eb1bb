import type { Origin } from "@kubenetsim/core/trace/origin";
import type { HookName, RuleStep } from "@kubenetsim/core/trace/step";

interface RuleChain<R> {
  readonly table: string;
  readonly chain: string;
  readonly rules: readonly R[];
}

/** A rule that held, at its place in a chain of either backend. Its text is made when it is read. */
export abstract class ChainRuleView<R extends { readonly origin: Origin | undefined }> implements RuleStep {
  readonly kind = "rule";
  readonly hook: HookName;
  readonly #chain: RuleChain<R>;
  readonly #index: number;

  constructor(hook: HookName, chain: RuleChain<R>, index: number) {
    this.hook = hook;
    this.#chain = chain;
    this.#index = index;
  }

  abstract get text(): string;
  abstract get target(): string | undefined;

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

  get origin(): Origin | undefined {
    return this.rule.origin;
  }

  protected get rule(): R {
    return this.#chain.rules[this.#index]!;
  }
}
