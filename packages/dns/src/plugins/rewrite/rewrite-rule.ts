import type { DnsMessage, Question } from "../../message/dns-message.ts";
import type { DnsHandler, DnsRequest } from "../plugin.ts";
import type { ResponseRule } from "./response-rule.ts";

/** What a rule made of a query. */
export interface Rewritten {
  readonly question: Question;
  readonly message?: DnsMessage;
  readonly responses: readonly ResponseRule[];
}

/** One `rewrite` line (plugin/rewrite/rewrite.go). */
export interface RewriteRule {
  /** Whether the rules after it are looked at when it has matched. */
  readonly mode: "stop" | "continue";
  /** Undefined where it does not match. */
  readonly apply: (request: DnsRequest, askSelf: DnsHandler) => Rewritten | undefined;
}
