import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import { localCondition } from "../config/local-detector.ts";
import { builtIn } from "../iptables/built-in-origin.ts";
import { chain, forwardRules, markMasqChain, postroutingRules } from "../iptables/masquerade-rules.ts";
import {
  accept,
  comment,
  conntrackStates,
  destinationIsLocal,
  drop,
  jump,
  jumpToMarkMasq,
  loopbackNet,
  protocolCondition,
  reject,
  returnTarget,
} from "../iptables/rule-parts.ts";
import type { IpvsContext } from "./ipvs-context.ts";
import { kernelSetName, type SetName, setCatalog } from "./set-catalog.ts";

export interface GlueInput {
  readonly context: IpvsContext;
  /** Rules on an empty set are mostly left out. */
  readonly isEmpty: (set: SetName) => boolean;
  readonly outFilter: readonly Rule[];
}

/** The nat chains of ipvs mode, whose number of rules does not grow with Services (writeIptablesRules of pkg/proxy/ipvs/proxier.go). */
export function glueNatChains(input: GlueInput): Chain[] {
  const { mark, family } = input.context;
  const ask = asker(input);
  return [
    chain("KUBE-SERVICES", [
      rule({ source: loopbackNet(family), target: returnTarget, origin: builtIn("leave localhost alone") }),
      ...ask("KUBE-LOAD-BALANCER", "dst,dst", jump("KUBE-LOAD-BALANCER")),
      ...clusterIPMasquerade(input),
      ...externalIPRules(input),
      rule({ matches: [destinationIsLocal], target: jump("KUBE-NODE-PORT"), origin: builtIn("node ports") }),
      ...acceptRule(input, "KUBE-CLUSTER-IP"),
      ...acceptRule(input, "KUBE-LOAD-BALANCER"),
    ]),
    chain("KUBE-POSTROUTING", [
      ...ask("KUBE-LOOP-BACK", "dst,dst,src", { kind: "MASQUERADE", randomFully: false }),
      ...postroutingRules(mark),
    ]),
    chain("KUBE-NODE-PORT", nodePortRules(input)),
    chain("KUBE-LOAD-BALANCER", [
      ...ask("KUBE-LOAD-BALANCER-LOCAL", "dst,dst", returnTarget),
      rule({ target: jumpToMarkMasq, origin: builtIn("masquerade load balancer traffic") }),
    ]),
    markMasqChain(mark),
  ];
}

export function glueFilterChains(input: GlueInput): Chain[] {
  const { context } = input;
  const ask = asker(input);
  const health: SetName = "KUBE-HEALTH-CHECK-NODE-PORT";
  return [
    chain("KUBE-FORWARD", forwardRules(context.mark)),
    chain("KUBE-NODE-PORT", [setRule(context, health, "dst", accept, { commented: true })]),
    chain("KUBE-PROXY-FIREWALL", ask("KUBE-LOAD-BALANCER-FW", "dst,dst", jump("KUBE-SOURCE-RANGES-FIREWALL"))),
    chain("KUBE-SOURCE-RANGES-FIREWALL", [
      ...ask("KUBE-LOAD-BALANCER-SOURCE-CIDR", "dst,dst,src", returnTarget),
      ...ask("KUBE-LOAD-BALANCER-SOURCE-IP", "dst,dst,src", returnTarget),
      rule({ target: drop, origin: builtIn("drop what is in no source range") }),
    ]),
    chain("KUBE-IPVS-FILTER", accessRules(context)),
    chain("KUBE-IPVS-OUT-FILTER", input.outFilter),
  ];
}

type Ask = (set: SetName, directions: string, target: Target, protocol?: "TCP" | "UDP" | "SCTP") => Rule[];

/** A commented rule on a set, when the set has entries. */
function asker({ context, isEmpty }: GlueInput): Ask {
  return (set, directions, target, protocol) => {
    if (isEmpty(set)) return [];
    const one = setRule(context, set, directions, target, { commented: true });
    return [protocol === undefined ? one : { ...one, protocol: protocolCondition(protocol) }];
  };
}

function setRule(
  context: IpvsContext,
  set: SetName,
  directions: string,
  target: Target,
  extra: { readonly commented?: boolean; readonly before?: readonly Match[]; readonly after?: readonly Match[] } = {},
): Rule {
  const match: Match = {
    kind: "set",
    negated: false,
    set: kernelSetName(set, context.family),
    directions: directions.split(",") as ("src" | "dst")[],
  };
  const about = extra.commented ? [comment(setCatalog[set].comment)] : [];
  const matches = [...(extra.before ?? []), ...about, match, ...(extra.after ?? [])];
  return rule({ matches, target, origin: builtIn(`members of ${set}`) });
}

/** Without a way to tell pods, only what has a service IP as its source: kube-ipvs0 makes the host pick such a one. */
function clusterIPMasquerade({ context, isEmpty }: GlueInput): Rule[] {
  if (isEmpty("KUBE-CLUSTER-IP")) return [];
  const { masqueradeAll, detector } = context;
  const bySource = !masqueradeAll && detector === undefined;
  const one = setRule(context, "KUBE-CLUSTER-IP", bySource ? "src,dst" : "dst,dst", jumpToMarkMasq, {
    commented: true,
  });
  return [masqueradeAll || detector === undefined ? one : { ...one, ...localCondition(detector, true) }];
}

function externalIPRules(input: GlueInput): Rule[] {
  const masqueraded = asker(input)("KUBE-EXTERNAL-IP", "dst,dst", jumpToMarkMasq);
  return [...masqueraded, ...passRules(input, "KUBE-EXTERNAL-IP"), ...passRules(input, "KUBE-EXTERNAL-IP-LOCAL")];
}

/** Traffic to external IPs from other machines, and to those that are this node's own, goes on to IPVS. */
function passRules({ context, isEmpty }: GlueInput, set: SetName): Rule[] {
  if (isEmpty(set)) return [];
  const fromElsewhere: Match[] = [
    { kind: "physdev", negated: true, option: "physdev-is-in" },
    { kind: "addrtype", source: { negated: true, type: "LOCAL" }, destination: undefined },
  ];
  return [
    setRule(context, set, "dst,dst", accept, { commented: true, after: fromElsewhere }),
    setRule(context, set, "dst,dst", accept, { commented: true, after: [destinationIsLocal] }),
  ];
}

function acceptRule({ context, isEmpty }: GlueInput, set: SetName): Rule[] {
  return isEmpty(set) ? [] : [setRule(context, set, "dst,dst", accept)];
}

/** For each protocol, node ports with externalTrafficPolicy Local leave before the others are marked. */
function nodePortRules(input: GlueInput): Rule[] {
  const ask = asker(input);
  return [
    ...ask("KUBE-NODE-PORT-LOCAL-TCP", "dst", returnTarget, "TCP"),
    ...ask("KUBE-NODE-PORT-TCP", "dst", jumpToMarkMasq, "TCP"),
    ...ask("KUBE-NODE-PORT-LOCAL-UDP", "dst", returnTarget, "UDP"),
    ...ask("KUBE-NODE-PORT-UDP", "dst", jumpToMarkMasq, "UDP"),
    ...ask("KUBE-NODE-PORT-LOCAL-SCTP-HASH", "dst,dst", returnTarget, "SCTP"),
    ...ask("KUBE-NODE-PORT-SCTP-HASH", "dst,dst", jumpToMarkMasq, "SCTP"),
  ];
}

/** Addresses on kube-ipvs0 are the node's own; this keeps the node's other ports from answering there. */
function accessRules(context: IpvsContext): Rule[] {
  const served: SetName[] = ["KUBE-LOAD-BALANCER", "KUBE-CLUSTER-IP", "KUBE-EXTERNAL-IP", "KUBE-EXTERNAL-IP-LOCAL"];
  return [
    ...served.map((set) => setRule(context, set, "dst,dst", returnTarget)),
    setRule(context, "KUBE-HEALTH-CHECK-NODE-PORT", "dst", returnTarget),
    setRule(context, "KUBE-IPVS-IPS", "dst", reject(context.family), { before: [conntrackStates(["NEW"])] }),
  ];
}
