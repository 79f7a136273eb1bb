import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { ServicePortState, ServiceState } from "../snapshot/service-state.ts";
import { endpointChainName } from "./chain-names.ts";
import { addEndpointRules } from "./endpoint-chains.ts";
import { frontendsOf, sameFrontends } from "./frontend-rules.ts";
import type { IptablesContext } from "./iptables-context.ts";
import { PortPlan } from "./port-plan.ts";
import { RuleObjects } from "./rule-objects.ts";
import type { RuleSink } from "./rule-sink.ts";
import { ownChainNames, writeOwnChains, writeServiceChains } from "./service-chains.ts";
import type { Frontend, SharedChain } from "./shared-chains.ts";

/** All that one Service adds to the rules, port by port. */
export class ServiceBlock {
  readonly ports: readonly PortBlock[];
  #chains: readonly Chain[] | undefined;

  constructor(ports: readonly PortBlock[]) {
    this.ports = ports;
  }

  /** Its chains in the nat table: KUBE-EXT-, -FW-, -SVC-, -SVL- and -SEP-. */
  get chains(): readonly Chain[] {
    this.#chains ??= this.ports.flatMap((port) => port.chainNames.map((_, i) => new OwnChain(port, i)));
    return this.#chains;
  }
}

/**
 * One port's share. A large cluster has some hundred thousand rules in chains that only one Service uses, and most of
 * them nobody ever reads, or only once to make text or code of them: they are made when somebody does, and not kept. What
 * they will be is settled from the beginning.
 */
export class PortBlock {
  readonly plan: PortPlan;
  /** What it adds to the chains of all; the earlier block's own where they are the same. */
  readonly frontends: readonly Frontend[];
  /** Of the chains that only it uses, in the order in which kube-proxy makes them. */
  readonly chainNames: readonly string[];
  readonly #endpointChains: readonly string[];
  readonly #context: IptablesContext;
  readonly #withComments: boolean;

  constructor(state: ServicePortState, context: IptablesContext, withComments: boolean, before: PortBlock | undefined) {
    const plan = new PortPlan(state, context);
    this.plan = plan;
    this.frontends =
      before !== undefined && sameFrontends(before.plan, plan) ? before.frontends : frontendsOf(plan, context);
    this.#endpointChains = plan.endpoints.reachable.map((endpoint) => endpointChainName(plan.port, endpoint));
    this.chainNames = ownChainNames(plan, this.#endpointChains);
    this.#context = context;
    this.#withComments = withComments;
  }

  /** Tells the rules of its chains in the order in which kube-proxy writes them. */
  write(to: RuleSink): void {
    writeOwnChains(to, this.plan, this.#endpointChains, this.#context, this.#withComments);
  }

  /** The rules of one of its chains, by its place among `chainNames`. */
  rulesOf(chain: number): readonly Rule[] {
    const { plan } = this;
    const name = this.chainNames[chain]!;
    const rules: Rule[] = [];
    const add = (to: string, one: Rule): void => {
      if (to === name) rules.push(one);
    };
    const sink = new RuleObjects(add, (reason) => plan.origin(reason));
    const endpoint = chain - (this.chainNames.length - this.#endpointChains.length);
    if (endpoint >= 0) addEndpointRules(sink, plan, endpoint, name, this.#withComments);
    else writeServiceChains(sink, plan, this.#endpointChains, this.#context, this.#withComments);
    return rules;
  }
}

/** A chain whose rules are made whenever they are read. */
class OwnChain implements Chain {
  readonly name: string;
  readonly policy: undefined = undefined;
  readonly counters: undefined = undefined;
  readonly #port: PortBlock;
  readonly #at: number;

  constructor(port: PortBlock, at: number) {
    this.name = port.chainNames[at]!;
    this.#port = port;
    this.#at = at;
  }

  get rules(): readonly Rule[] {
    return this.#port.rulesOf(this.#at);
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
  return new ServiceBlock(ports);
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
