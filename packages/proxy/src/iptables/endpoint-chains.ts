import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Origin } from "@kubenetsim/core/trace/origin";
import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import type { Endpoint } from "../snapshot/endpoint.ts";
import { endpointChainName } from "./chain-names.ts";
import { chain } from "./masquerade-rules.ts";
import type { PortPlan } from "./port-plan.ts";
import { probability31 } from "./probability.ts";
import { anyPortOf, comment, host, jump, jumpToMarkMasq } from "./rule-parts.ts";

/** The KUBE-SEP- chains of a Service port, and how other chains choose among them. */
export interface EndpointChains {
  readonly chains: readonly Chain[];
  /** The rules that spread packets over some of the endpoints, affinity first. */
  readonly spread: (endpoints: readonly Endpoint[]) => Rule[];
}

/** How other chains' rules get to an endpoint's chain. */
interface Way {
  readonly name: string;
  readonly target: Target;
  readonly origin: Origin;
}

const noComment: readonly Match[] = [];

/** One chain per endpoint: mark for masquerading what comes from the endpoint itself, then rewrite the destination. */
export function writeEndpointChains(plan: PortPlan, withComments: boolean): EndpointChains {
  const { port } = plan;
  const ways = new Map<Endpoint, Way>();
  const chains: Chain[] = [];
  const hairpin = plan.origin("hairpin");
  const about = withComments ? [plan.nameComment] : noComment;
  for (const endpoint of plan.endpoints.reachable) {
    const name = endpointChainName(port, endpoint);
    const origin = plan.origin(`endpoint ${endpoint.text}`);
    ways.set(endpoint, { name, target: jump(name), origin });
    const affinity = port.affinitySeconds === undefined ? noComment : [rememberClient(name, endpoint.words.length)];
    chains.push(
      chain(name, [
        rule({ source: host(endpoint.words), matches: about, target: jumpToMarkMasq, origin: hairpin }),
        rule({
          protocol: plan.protocol,
          matches: [...about, ...affinity, anyPortOf(port.protocol)],
          target: { kind: "DNAT", address: endpoint.words, port: endpoint.port },
          origin,
        }),
      ]),
    );
  }
  return { chains, spread: (endpoints) => spreadRules(plan, endpoints, ways, withComments) };
}

function spreadRules(
  plan: PortPlan,
  endpoints: readonly Endpoint[],
  ways: ReadonlyMap<Endpoint, Way>,
  withComments: boolean,
): Rule[] {
  const affine: Rule[] = [];
  const affinity = plan.origin("session affinity");
  const random: Rule[] = [];
  for (const [i, endpoint] of endpoints.entries()) {
    const { name, target, origin } = ways.get(endpoint)!;
    const about = withComments ? [comment(`${plan.port.name} -> ${endpoint.text}`)] : noComment;
    if (plan.port.affinitySeconds !== undefined) {
      const recall = recallClient(name, plan.port.affinitySeconds, endpoint.words.length);
      affine.push(rule({ matches: [...about, recall], target, origin: affinity }));
    }
    const left = endpoints.length - i;
    const matches = left === 1 ? about : [...about, statistic(left)];
    random.push(rule({ matches, target, origin }));
  }
  return [...affine, ...random];
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
