import type { Random } from "@kubenetsim/core/runtime/random";
import { Evaluator } from "./evaluator.ts";
import { FamilyStack, type StackParts } from "./family-stack.ts";
import type { KernelOptions } from "./kernel-options.ts";
import type { HostState } from "./match-evaluator.ts";
import { Nat } from "./nat.ts";
import { NatHook } from "./nat-hook.ts";
import { NftEvaluator } from "./nft/nft-evaluator.ts";
import { RuleAnswer } from "./rule-answer.ts";

/** What a kernel has for one of its families. */
export interface KernelParts extends Pick<StackParts, "program" | "conntrack" | "nft" | "order" | "director"> {
  readonly host: HostState;
  /** What NAT draws ports from. */
  readonly nat: Random;
}

/** The hooks of one family of a kernel, with evaluators of their own. */
export function familyStack(options: KernelOptions, parts: KernelParts): FamilyStack {
  const { engine = "index" } = options;
  const { program, conntrack, nft, order, director, host } = parts;
  const answer = new RuleAnswer();
  const natHook = new NatHook(answer, host.addresses, new Nat(conntrack, parts.nat), conntrack);
  return new FamilyStack({
    program,
    conntrack,
    nft,
    order,
    director,
    answer,
    natHook,
    evaluator: new Evaluator(program, host, engine, answer),
    nftEvaluator: new NftEvaluator(nft, host, answer),
    addresses: host.addresses,
  });
}
