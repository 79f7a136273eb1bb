import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import { isLoopback } from "../snapshot/proxy-node.ts";
import { builtIn } from "./built-in-origin.ts";
import type { IptablesContext } from "./iptables-context.ts";
import { chain, forwardRules, markMasqChain, postroutingRules } from "./masquerade-rules.ts";
import { comment, conntrackStates, destinationIsLocal, drop, host, jump, loopbackNet, negate } from "./rule-parts.ts";
import type { SharedChain } from "./shared-chains.ts";

/** The chains that every sync rewrites and to which Services add nothing, with the end of KUBE-SERVICES. */
export interface FixedChains {
  readonly forward: Chain;
  /** KUBE-FIREWALL, on IPv4 with localhostNodePorts. */
  readonly localhostFirewall: Chain | undefined;
  readonly postrouting: Chain;
  readonly markMasq: Chain;
  readonly nodePortJumps: readonly Rule[];
}

export function fixedChains(context: IptablesContext): FixedChains {
  const { family, mark, localhostNodePorts } = context;
  return {
    forward: chain("KUBE-FORWARD", [...invalidRules(context), ...forwardRules(mark)]),
    localhostFirewall: family === "IPv4" && localhostNodePorts ? localhostFirewall() : undefined,
    postrouting: chain("KUBE-POSTROUTING", postroutingRules(mark)),
    markMasq: markMasqChain(mark),
    nodePortJumps: nodePortJumps(context),
  };
}

type Shared = Readonly<Record<SharedChain, Chain>>;

/** The filter table's chains that every sync rewrites, in the order in which kube-proxy names them. */
export function filterChains(shared: Shared, fixed: FixedChains): Chain[] {
  const chains = [shared.filterServices, shared.filterExternalServices, fixed.forward, shared.filterNodePorts];
  chains.push(shared.filterFirewall);
  if (fixed.localhostFirewall !== undefined) chains.push(fixed.localhostFirewall);
  return chains;
}

/** The nat table's chains that every sync rewrites, in the order in which kube-proxy names them. */
export function natChains(shared: Shared, fixed: FixedChains): Chain[] {
  return [shared.natServices, shared.natNodePorts, fixed.postrouting, fixed.markMasq];
}

/** With route_localnet on, others on the wire could reach 127.0.0.0/8; this keeps them out. */
function localhostFirewall(): Chain {
  const loopback = loopbackNet("IPv4");
  return chain("KUBE-FIREWALL", [
    rule({
      source: negate(loopback),
      destination: loopback,
      matches: [
        comment("block incoming localnet connections"),
        conntrackStates(["RELATED", "ESTABLISHED", "DNAT"], true),
      ],
      target: drop,
      origin: builtIn("localhost protection"),
    }),
  ]);
}

function invalidRules({ tcpBeLiberal, nfacct }: IptablesContext): Rule[] {
  if (tcpBeLiberal) return [];
  const matches: Match[] = [conntrackStates(["INVALID"])];
  if (nfacct) matches.push({ kind: "nfacct", name: "ct_state_invalid_dropped_pkts" });
  return [rule({ matches, target: drop, origin: builtIn("drop what conntrack calls invalid") })];
}

/** The end of KUBE-SERVICES: what is addressed to the node itself may be for a node port. */
function nodePortJumps(context: IptablesContext): Rule[] {
  const { family, nodePorts, localhostNodePorts } = context;
  const text = comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain");
  const target = jump("KUBE-NODEPORTS");
  const origin = builtIn("node ports");
  if (!nodePorts.matchAll) {
    const served = nodePorts.addresses.filter((address) => !isLoopback(address) || localhostNodePorts);
    return served.map((address: IpAddress) =>
      rule({ destination: host(addressWords(address)), matches: [text], target, origin }),
    );
  }
  const withoutLoopback = family === "IPv6" || !localhostNodePorts;
  return [
    rule({
      destination: withoutLoopback ? negate(loopbackNet(family)) : undefined,
      matches: [text, destinationIsLocal],
      target,
      origin,
    }),
  ];
}
