import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Endpoint } from "../snapshot/endpoint.ts";
import type { PortPlan } from "./port-plan.ts";
import { probability31 } from "./probability.ts";
import type { PlainMatch } from "./restore-words.ts";
import { comment } from "./rule-parts.ts";
import type { RuleSink } from "./rule-sink.ts";

/**
 * One chain per endpoint that can be reached: mark for masquerading what comes from the endpoint itself, then rewrite the
 * destination.
 */
export function addEndpointRules(
  to: RuleSink,
  { port, nameComment, endpoints }: PortPlan,
  at: number,
  chain: string,
  withComments: boolean,
): void {
  const endpoint = endpoints.reachable[at]!;
  to.begin(chain, "hairpin");
  if (withComments) to.match(nameComment);
  to.source(endpoint);
  to.jump("KUBE-MARK-MASQ");

  to.begin(chain, endpoint);
  if (withComments) to.match(nameComment);
  if (port.affinitySeconds !== undefined) to.match(rememberClient(chain, endpoint.words.length));
  to.protocol(port.protocol);
  to.dnat(endpoint);
}

/**
 * The rules by which a chain spreads packets over some of the endpoints, affinity first. `chains` are the names of the
 * chains of all that can be reached.
 */
export function addSpread(
  to: RuleSink,
  chain: string,
  plan: PortPlan,
  endpoints: readonly Endpoint[],
  chains: readonly string[],
  withComments: boolean,
): void {
  const { port } = plan;
  const { reachable } = plan.endpoints;
  if (port.affinitySeconds !== undefined) {
    for (let i = 0, at = 0; i < endpoints.length; i++, at++) {
      const endpoint = endpoints[i]!;
      at = reachable.indexOf(endpoint, at);
      to.begin(chain, "session affinity");
      if (withComments) to.match(about(plan, endpoint));
      to.match(recallClient(chains[at]!, port.affinitySeconds, endpoint.words.length));
      to.jump(chains[at]!);
    }
  }
  for (let i = 0, at = 0; i < endpoints.length; i++, at++) {
    const endpoint = endpoints[i]!;
    at = reachable.indexOf(endpoint, at);
    const left = endpoints.length - i;
    to.begin(chain, endpoint);
    if (withComments) to.match(about(plan, endpoint));
    if (left > 1) to.match(statistic(left));
    to.jump(chains[at]!);
  }
}

function about({ port }: PortPlan, { text }: Endpoint): PlainMatch {
  return comment(`${port.name} -> ${text}`);
}

const statistics = new Map<number, PlainMatch>();

function statistic(endpointsLeft: number): PlainMatch {
  const known = statistics.get(endpointsLeft);
  if (known !== undefined) return known;
  const made: PlainMatch = {
    kind: "statistic",
    negated: false,
    mode: "random",
    probability31: probability31(endpointsLeft),
  };
  statistics.set(endpointsLeft, made);
  return made;
}

const allOnes: Readonly<Record<number, AddressWords>> = { 1: [-1], 4: [-1, -1, -1, -1] };

function rememberClient(name: string, words: number): PlainMatch {
  return { ...recent(name, words), action: "set", seconds: undefined, reap: false };
}

function recallClient(name: string, seconds: number, words: number): PlainMatch {
  return { ...recent(name, words), action: "rcheck", seconds, reap: true };
}

function recent(name: string, words: number) {
  return { kind: "recent", negated: false, name, hitcount: undefined, side: "rsource", mask: allOnes[words]! } as const;
}
