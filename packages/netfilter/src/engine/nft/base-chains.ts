import type { NftBase, NftFamily, NftHookName } from "../../ruleset/nft-table.ts";
import { type Hook, hook } from "../hook.ts";
import type { HookOrder } from "../hook-order.ts";
import { type Verdict, verdict } from "../verdict.ts";

/** A chain that hangs on a hook. */
export interface BaseChain {
  readonly id: number;
  readonly family: NftFamily;
  readonly type: NftBase["type"];
  readonly hook: Hook;
  readonly priority: number;
  readonly policy: Verdict;
  readonly order: number;
}

const hooks: Readonly<Record<NftHookName, Hook>> = {
  prerouting: hook.PREROUTING,
  input: hook.INPUT,
  forward: hook.FORWARD,
  output: hook.OUTPUT,
  postrouting: hook.POSTROUTING,
};

/** The base chains of a host by their id. */
export class BaseChains {
  readonly #chains: Map<number, BaseChain>;
  readonly #order: HookOrder;
  /** Grows whenever a base chain comes, goes or gets another policy. */
  revision = 0;

  constructor(order: HookOrder, chains: ReadonlyMap<number, BaseChain> = new Map()) {
    this.#order = order;
    this.#chains = new Map(chains);
  }

  of(family: NftFamily): BaseChain[] {
    return [...this.#chains.values()].filter((chain) => chain.family === family);
  }

  policy(id: number): Verdict {
    return this.#chains.get(id)!.policy;
  }

  add(id: number, family: NftFamily, { type, hook: name, priority, policy }: NftBase): void {
    const order = this.#order.register(ownerOf(id));
    this.revision++;
    const verdictOfPolicy = policy === "drop" ? verdict.drop : verdict.accept;
    this.#chains.set(id, { id, family, type, hook: hooks[name], priority, policy: verdictOfPolicy, order });
  }

  delete(id: number): void {
    if (!this.#chains.delete(id)) return;
    this.#order.unregister(ownerOf(id));
    this.revision++;
  }

  fork(order: HookOrder): BaseChains {
    return new BaseChains(order, this.#chains);
  }
}

function ownerOf(id: number): string {
  return `nft ${id}`;
}
