import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import { printRule } from "@kubenetsim/netfilter/text/iptables-print";
import { ChainRuleView } from "./chain-rule-view.ts";

/** A rule of iptables that matched. */
export class RuleView extends ChainRuleView<Rule> {
  get text(): string {
    return printRule(this.rule, this.chain);
  }

  get target(): string | undefined {
    const { target } = this.rule;
    return target === undefined
      ? undefined
      : target.kind === "jump" || target.kind === "goto"
        ? target.chain
        : target.kind;
  }
}
