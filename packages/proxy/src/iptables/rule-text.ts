import { lowerProtocol, type Protocol } from "@kubenetsim/core/net/protocol";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Endpoint } from "../snapshot/endpoint.ts";
import type { ByteText } from "./byte-text.ts";
import { addMatch, addRestoreWords, type PlainMatch } from "./restore-words.ts";
import type { RuleSink } from "./rule-sink.ts";

/** Writes what it is told as lines for iptables-restore, without the rules in between. */
export class RuleText implements RuleSink {
  readonly #text: ByteText;

  constructor(text: ByteText) {
    this.#text = text;
  }

  rule(chain: string, rule: Rule): void {
    this.begin(chain);
    addRestoreWords(this.#text, rule);
    this.#text.add("\n");
  }

  begin(chain: string): void {
    this.#text.add("-A ");
    this.#text.add(chain);
  }

  match(match: PlainMatch): void {
    addMatch(this.#text, match);
  }

  source({ address }: Endpoint): void {
    this.#text.add(" -s ");
    this.#text.add(address);
  }

  protocol(protocol: Protocol): void {
    this.#text.add(protocolWords[lowerProtocol(protocol)]);
  }

  jump(chain: string): void {
    this.#text.add(" -j ");
    this.#text.add(chain);
    this.#text.add("\n");
  }

  dnat({ text }: Endpoint): void {
    this.#text.add(" -j DNAT --to-destination ");
    this.#text.add(text);
    this.#text.add("\n");
  }
}

const protocolWords = { tcp: " -m tcp -p tcp", udp: " -m udp -p udp", sctp: " -m sctp -p sctp" } as const;
