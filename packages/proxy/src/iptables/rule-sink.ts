import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Endpoint } from "../snapshot/endpoint.ts";
import type { PlainMatch } from "./restore-words.ts";

/** What a rule is for: words, or the endpoint to which it leads. */
export type Reason = string | Endpoint;

/**
 * Takes the rules of a Service port's own chains in the order in which kube-proxy writes them. The rules about endpoints,
 * of which a large cluster has some hundred thousand, are told part by part in the order of their words: one sink makes
 * rules of them, another one text, and neither needs what the other makes. Such a rule begins with `begin` and ends with
 * `jump` or `dnat`.
 */
export interface RuleSink {
  /** A rule as a whole. */
  rule(chain: string, rule: Rule): void;
  begin(chain: string, reason: Reason): void;
  match(match: PlainMatch): void;
  /** `-s` with an endpoint's address; it comes after the matches. */
  source(endpoint: Endpoint): void;
  /** `-m tcp -p tcp`: any port of a protocol; it is the last of the matches. */
  protocol(protocol: Protocol): void;
  jump(chain: string): void;
  dnat(endpoint: Endpoint): void;
}
