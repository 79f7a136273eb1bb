import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Origin } from "@kubenetsim/core/trace/origin";
import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import type { AddressCondition, ProtocolCondition, Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import type { Endpoint } from "../snapshot/endpoint.ts";
import type { PortPlan } from "./port-plan.ts";
import { probability31 } from "./probability.ts";
import { anyPortOf, comment, jumpToMarkMasq } from "./rule-parts.ts";

/** Takes the next rule of a Service port's own chains. */
export type AddRule = (chain: string, rule: Rule) => void;

/** How other chains' rules get to an endpoint's chain. */
export interface Way {
  readonly name: string;
  readonly target: Target;
  readonly origin: Origin;
}

const noMatch: readonly Match[] = [];

/** The way to each endpoint that can be reached; `chains` are the names of their chains, in the same order. */
export function waysTo(plan: PortPlan, chains: readonly string[]): ReadonlyMap<Endpoint, Way> {
  const ways = new Map<Endpoint, Way>();
  for (const [i, endpoint] of plan.endpoints.reachable.entries()) {
    const name = chains[i]!;
    ways.set(endpoint, {
      name,
      target: { kind: "jump", chain: name },
      origin: plan.origin(`endpoint ${endpoint.text}`),
    });
  }
  return ways;
}

/** One chain per endpoint: mark for masquerading what comes from the endpoint itself, then rewrite the destination. */
export function addEndpointRules(
  add: AddRule,
  plan: PortPlan,
  ways: ReadonlyMap<Endpoint, Way>,
  withComments: boolean,
): void {
  const { port } = plan;
  const hairpin = plan.origin("hairpin");
  const about = withComments ? [plan.nameComment] : noMatch;
  for (const [endpoint, { name, origin }] of ways) {
    const affinity = port.affinitySeconds === undefined ? noMatch : [rememberClient(name, endpoint.words.length)];
    const source = { negated: false, words: endpoint.words, prefix: endpoint.words.length * 32 };
    add(name, endpointRule(source, undefined, about, jumpToMarkMasq, hairpin));
    const matches = [...about, ...affinity, anyPortOf(port.protocol)];
    const target: Target = { kind: "DNAT", address: endpoint.words, port: endpoint.port };
    add(name, endpointRule(undefined, plan.protocol, matches, target, origin));
  }
}

/** The rules by which a chain spreads packets over some of the endpoints, affinity first. */
export function addSpread(
  add: AddRule,
  chain: string,
  plan: PortPlan,
  endpoints: readonly Endpoint[],
  ways: ReadonlyMap<Endpoint, Way>,
  withComments: boolean,
): void {
  const aboutOf = (endpoint: Endpoint): readonly Match[] =>
    withComments ? [comment(`${plan.port.name} -> ${endpoint.text}`)] : noMatch;
  if (plan.port.affinitySeconds !== undefined) {
    const origin = plan.origin("session affinity");
    for (const endpoint of endpoints) {
      const { name, target } = ways.get(endpoint)!;
      const recall = recallClient(name, plan.port.affinitySeconds, endpoint.words.length);
      add(chain, endpointRule(undefined, undefined, [...aboutOf(endpoint), recall], target, origin));
    }
  }
  for (const [i, endpoint] of endpoints.entries()) {
    const { target, origin } = ways.get(endpoint)!;
    const left = endpoints.length - i;
    const about = aboutOf(endpoint);
    const matches = left === 1 ? about : [...about, statistic(left)];
    add(chain, endpointRule(undefined, undefined, matches, target, origin));
  }
}

/**
 * As `rule` makes it, in a place of its own: these are the most by far, and mostly live no longer than it takes to print
 * them, while V8 puts what is made where other rules are made straight among what lives long.
 */
function endpointRule(
  source: AddressCondition | undefined,
  protocol: ProtocolCondition | undefined,
  matches: readonly Match[],
  target: Target,
  origin: Origin,
): Rule {
  return {
    source,
    destination: undefined,
    inDevice: undefined,
    outDevice: undefined,
    protocol,
    matches,
    target,
    counters: undefined,
    origin,
    line: undefined,
  };
}

function statistic(endpointsLeft: number): Match {
  return { kind: "statistic", negated: false, mode: "random", probability31: probability31(endpointsLeft) };
}

const allOnes: Readonly<Record<number, AddressWords>> = { 1: [-1], 4: [-1, -1, -1, -1] };

function rememberClient(name: string, words: number): Match {
  return { ...recent(name, words), action: "set", seconds: undefined, reap: false };
}

function recallClient(name: string, seconds: number, words: number): Match {
  return { ...recent(name, words), action: "rcheck", seconds, reap: true };
}

function recent(name: string, words: number) {
  return { kind: "recent", negated: false, name, hitcount: undefined, side: "rsource", mask: allOnes[words]! } as const;
}
