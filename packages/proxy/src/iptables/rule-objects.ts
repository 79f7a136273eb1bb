import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Origin } from "@kubenetsim/core/trace/origin";
import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import type { AddressCondition, ProtocolCondition, Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import type { Endpoint } from "../snapshot/endpoint.ts";
import { anyPortOf, host, jump, jumpToMarkMasq, protocolCondition } from "./rule-parts.ts";
import type { Reason, RuleSink } from "./rule-sink.ts";

/** Makes rules of what it is told, and hands each out with the name of its chain. */
export class RuleObjects implements RuleSink {
  readonly #add: (chain: string, rule: Rule) => void;
  readonly #originOf: (reason: string) => Origin;
  #chain = "";
  #reason: Reason = "";
  #matches: Match[] = [];
  #source: AddressCondition | undefined;
  #protocol: ProtocolCondition | undefined;

  constructor(add: (chain: string, rule: Rule) => void, originOf: (reason: string) => Origin) {
    this.#add = add;
    this.#originOf = originOf;
  }

  rule(chain: string, one: Rule): void {
    this.#add(chain, one);
  }

  begin(chain: string, reason: Reason): void {
    this.#chain = chain;
    this.#reason = reason;
    this.#matches = [];
    this.#source = undefined;
    this.#protocol = undefined;
  }

  match(match: Match): void {
    this.#matches.push(match);
  }

  source({ words }: Endpoint): void {
    this.#source = host(words);
  }

  protocol(protocol: Protocol): void {
    this.#protocol = protocolCondition(protocol);
    this.#matches.push(anyPortOf(protocol));
  }

  jump(chain: string): void {
    this.#end(chain === "KUBE-MARK-MASQ" ? jumpToMarkMasq : jump(chain));
  }

  dnat({ words, port }: Endpoint): void {
    this.#end({ kind: "DNAT", address: words, port });
  }

  #end(target: Target): void {
    const reason = typeof this.#reason === "string" ? this.#reason : `endpoint ${this.#reason.text}`;
    // Field by field and not from parts of many forms: some hundred thousand rules go this way.
    this.#add(this.#chain, {
      source: this.#source,
      destination: undefined,
      inDevice: undefined,
      outDevice: undefined,
      protocol: this.#protocol,
      matches: this.#matches,
      target,
      counters: undefined,
      origin: this.#originOf(reason),
      line: undefined,
    });
  }
}
