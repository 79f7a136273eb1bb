import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { ServicePortState, ServiceState } from "../snapshot/service-state.ts";
import { endpointChainName } from "./chain-names.ts";
import type { AddRule } from "./endpoint-chains.ts";
import { frontendsOf, sameFrontends } from "./frontend-rules.ts";
import type { IptablesContext } from "./iptables-context.ts";
import { type PortPlan, planPort } from "./port-plan.ts";
import { ownChainNames, writeOwnChains } from "./service-chains.ts";
import type { Frontend, SharedChain } from "./shared-chains.ts";

/** All that one Service adds to the rules, port by port. */
export interface ServiceBlock {
  readonly ports: readonly PortBlock[];
  /** Its chains in the nat table: KUBE-EXT-, -FW-, -SVC-, -SVL- and -SEP-. */
  readonly chains: readonly Chain[];
}

/**
 * One port's share. A large cluster has some hundred thousand rules in chains that only one Service uses, and most of
 * them nobody ever reads: they are made when somebody does. What they will be is settled from the beginning.
 */
export class PortBlock {
  readonly plan: PortPlan;
  /** What it adds to the chains of all; the earlier block's own where they are the same. */
  readonly frontends: readonly Frontend[];
  readonly chains: readonly Chain[];
  readonly #endpointChains: readonly string[];
  readonly #context: IptablesContext;
  readonly #withComments: boolean;
  #rules: ReadonlyMap<string, readonly Rule[]> | undefined;

  constructor(state: ServicePortState, context: IptablesContext, withComments: boolean, before: PortBlock | undefined) {
    const plan = planPort(state, context);
    this.plan = plan;
    this.frontends =
      before !== undefined && sameFrontends(before.plan, plan) ? before.frontends : frontendsOf(plan, context);
    this.#endpointChains = plan.endpoints.reachable.map((endpoint) => endpointChainName(plan.port, endpoint));
    this.chains = ownChainNames(plan, this.#endpointChains).map((name) => new OwnChain(name, this));
    this.#context = context;
    this.#withComments = withComments;
  }

  /** Gives out the rules of its chains in the order in which kube-proxy writes them, and keeps none. */
  write(add: AddRule): void {
    writeOwnChains(add, this.plan, this.#endpointChains, this.#context, this.#withComments);
  }

  rulesOf(chain: string): readonly Rule[] {
    this.#rules ??= this.#byChain();
    return this.#rules.get(chain)!;
  }

  #byChain(): Map<string, Rule[]> {
    const byChain = new Map<string, Rule[]>(this.chains.map(({ name }) => [name, []]));
    this.write((chain, rule) => void byChain.get(chain)?.push(rule));
    return byChain;
  }
}

/** A chain whose rules are made when they are first read. */
class OwnChain implements Chain {
  readonly name: string;
  readonly policy: undefined = undefined;
  readonly counters: undefined = undefined;
  readonly #port: PortBlock;

  constructor(name: string, port: PortBlock) {
    this.name = name;
    this.#port = port;
  }

  get rules(): readonly Rule[] {
    return this.#port.rulesOf(this.name);
  }
}

/**
 * `withComments` is false in a large cluster; a block keeps to it for as long as its Service stays the same. `before` is
 * the Service's earlier block on the same node with the same configuration.
 */
export function serviceBlock(
  service: ServiceState,
  context: IptablesContext,
  withComments: boolean,
  before: ServiceBlock | undefined,
): ServiceBlock {
  const ports = service.ports.map((state, i) => new PortBlock(state, context, withComments, before?.ports[i]));
  return { ports, chains: ports.length === 1 ? ports[0]!.chains : ports.flatMap((port) => port.chains) };
}

/** Its rules of one of the chains that all Services share. */
export function sharedRules(block: ServiceBlock, chain: SharedChain): Rule[] {
  const rules: Rule[] = [];
  for (const { frontends } of block.ports) {
    for (const frontend of frontends) if (frontend.chain === chain) rules.push(frontend.rule);
  }
  return rules;
}

/** Do two blocks of a Service add the very same rules to the chains of all? */
export function sharesSame(a: ServiceBlock, b: ServiceBlock): boolean {
  return a.ports.length === b.ports.length && a.ports.every((port, i) => port.frontends === b.ports[i]!.frontends);
}
