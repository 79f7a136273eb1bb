import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import { builtIn } from "./built-in-origin.ts";
import { accept, comment, conntrackStates, markMatch, returnTarget } from "./rule-parts.ts";

/** KUBE-POSTROUTING: masquerades what is marked, and takes the mark off so that it happens once. */
export function postroutingRules(mark: number): Rule[] {
  return [
    rule({ matches: [markMatch(mark, true)], target: returnTarget, origin: builtIn("not marked for masquerading") }),
    rule({ target: { kind: "MARK", value: mark, mask: 0 }, origin: builtIn("clear the masquerade mark") }),
    rule({
      matches: [comment("kubernetes service traffic requiring SNAT")],
      target: { kind: "MASQUERADE", randomFully: true },
      origin: builtIn("masquerade marked traffic"),
    }),
  ];
}

export function markMasqChain(mark: number): Chain {
  const origin = builtIn("mark for masquerading");
  return chain("KUBE-MARK-MASQ", [rule({ target: { kind: "MARK", value: mark, mask: mark }, origin })]);
}

/** The end of KUBE-FORWARD in iptables and ipvs mode: marked traffic and its answers pass whatever FORWARD's policy is. */
export function forwardRules(mark: number): Rule[] {
  return [
    rule({
      matches: [comment("kubernetes forwarding rules"), markMatch(mark, false)],
      target: accept,
      origin: builtIn("forward marked traffic"),
    }),
    rule({
      matches: [comment("kubernetes forwarding conntrack rule"), conntrackStates(["RELATED", "ESTABLISHED"])],
      target: accept,
      origin: builtIn("forward answers"),
    }),
  ];
}

export function chain(name: string, rules: readonly Rule[]): Chain {
  return { name, policy: undefined, counters: undefined, rules };
}
