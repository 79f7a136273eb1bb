import { cidrContains } from "@kubenetsim/core/net/cidr";
import type { NftStatement } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { Endpoint } from "../snapshot/endpoint.ts";
import type { CommandList } from "./command-list.ts";
import { affinitySet } from "./containers.ts";
import type { NftablesContext } from "./nftables-context.ts";
import type { NftPortPlan } from "./port-plan.ts";
import {
  addressValue,
  choiceKey,
  cidrValue,
  drop,
  goto,
  gotoChain,
  isLocalTraffic,
  isProtocol,
  setMark,
  sourceIn,
  sourceIsLocal,
  sourceKey,
  sourceOutside,
} from "./statements.ts";

/** The rules in a Service port's chains: external, firewall, and the endpoints of each traffic policy. */
export function writeServiceRules(list: CommandList, plan: NftPortPlan, context: NftablesContext): void {
  if (plan.usesExternalChain) writeExternalRules(list, plan, context);
  if (plan.usesFirewallChain) writeFirewallRule(list, plan, context);
  writeAffinitySets(list, plan, context);
  const { cluster, local } = plan.endpoints;
  if (plan.usesClusterChain) writeEndpointChoice(list, plan, plan.names.cluster, cluster);
  if (plan.usesLocalChain) writeEndpointChoice(list, plan, plan.names.local, local);
  writeEndpointChains(list, plan);
}

/**
 * With externalTrafficPolicy Local the client's address is kept, so only traffic that is sure to come back here, from this
 * node and its pods, may go to all endpoints.
 */
function writeExternalRules(list: CommandList, plan: NftPortPlan, { mark, detector }: NftablesContext): void {
  const { port, names } = plan;
  const add = (statements: readonly NftStatement[], comment: string): void =>
    list.addRule(names.external, statements, plan.origin(comment), comment);
  if (!port.externalPolicyLocal) {
    add([setMark(mark)], "masquerade");
  } else {
    const toCluster = goto(names.cluster);
    if (detector !== undefined) add([isLocalTraffic(detector, false), toCluster], "short-circuit pod traffic");
    add([sourceIsLocal, setMark(mark)], "masquerade local traffic");
    add([sourceIsLocal, toCluster], "short-circuit local traffic");
  }
  if (plan.hasExternal) {
    const target = port.externalPolicyLocal ? names.local : names.cluster;
    list.addRule(names.external, [goto(target)], plan.origin("external traffic"));
  }
}

/** Drops what comes from elsewhere than the source ranges. */
function writeFirewallRule(list: CommandList, plan: NftPortPlan, { nodeIP }: NftablesContext): void {
  const { port, names } = plan;
  const ranges = port.sourceRanges.map(cidrValue);
  // A node that may use the load balancer reaches it with the load balancer's own IP as source.
  const vips = port.sourceRanges.some((range) => cidrContains(range, nodeIP))
    ? port.loadBalancerVIPs.map(addressValue)
    : [];
  list.addRule(names.firewall, [sourceOutside([...ranges, ...vips]), drop], plan.origin("load balancer source ranges"));
}

function writeAffinitySets(list: CommandList, { port, affinityNames }: NftPortPlan, context: NftablesContext): void {
  for (const { affinitySet: name } of affinityNames?.values() ?? []) {
    list.addSet(affinitySet(name, port.affinitySeconds!, context));
  }
}

/** Chooses one of the endpoints: the one that this client was sent to before, or any. */
function writeEndpointChoice(
  list: CommandList,
  plan: NftPortPlan,
  chain: string,
  endpoints: readonly Endpoint[],
): void {
  if (plan.affinityNames === undefined) {
    list.addRule(chain, [isProtocol(plan.port.protocol), toOneOf(endpoints)], plan.origin("endpoints"));
    return;
  }
  const chains = endpoints.map((endpoint) => plan.affinityNames!.get(endpoint)!);
  for (const [i, { chain: to, affinitySet: set }] of chains.entries()) {
    list.addRule(chain, [sourceIn(set), goto(to)], plan.origin(`session affinity to endpoint ${endpoints[i]!.text}`));
  }
  const elements = chains.map(({ chain: to }, i) => ({ key: choiceKey(i), verdict: gotoChain(to) }));
  const any: NftStatement = {
    kind: "vmap",
    key: [{ kind: "numgen", mode: "random", modulus: endpoints.length, offset: 0 }],
    map: { kind: "anonymous", elements },
  };
  list.addRule(chain, [any], plan.origin("endpoints"));
}

/** A single endpoint goes without a map, which is dear to insert. */
function toOneOf(endpoints: readonly Endpoint[]): NftStatement {
  const targets = endpoints.map(({ words, port }) => ({ address: words, port }));
  if (targets.length === 1) return { kind: "dnat", to: targets[0]! };
  return {
    kind: "dnat-map",
    key: [{ kind: "numgen", mode: "random", modulus: targets.length, offset: 0 }],
    elements: targets.map((to, i) => ({ key: choiceKey(i), to })),
  };
}

/** With session affinity each endpoint has a chain, which notes the client before it sends there. */
function writeEndpointChains(list: CommandList, plan: NftPortPlan): void {
  for (const [endpoint, { chain, affinitySet: set }] of plan.affinityNames ?? []) {
    const about = plan.origin(`endpoint ${endpoint.text}`);
    list.addRule(chain, [{ kind: "update-set", verb: "update", set, key: sourceKey }], about);
    const to = { address: endpoint.words, port: endpoint.port };
    list.addRule(chain, [isProtocol(plan.port.protocol), { kind: "dnat", to }], about);
  }
}
