import { type AddressWords, formatAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { cidrContains } from "@kubenetsim/core/net/cidr";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type {
  NftElementKey,
  NftEndpoint,
  NftField,
  NftKey,
  NftStatement,
  NftValue,
  NftVerdict,
} from "../../ruleset/nft-expression.ts";
import type { NftSet, NftTable } from "../../ruleset/nft-table.ts";
import { protocolNumber } from "../../text/protocol-words.ts";
import type { OutcomeQuestion, Outcomes } from "../explore-outcomes.ts";

/**
 * All that can become of a new connection's first packet by one table in kube-proxy's layout, whatever the dice say. It asks
 * the question that kube-proxy's own unit tests ask (pkg/proxy/nftables/helpers_test.go, tracePacket): the firewall before
 * DNAT, NAT at prerouting, FORWARD and INPUT towards the first endpoint, postrouting; every number of `numgen` and `jhash` is gone
 * after, sets that packets fill are empty, and a connection is a hairpin when it goes back to its own source.
 */
export function exploreNftOutcomes(table: NftTable, question: OutcomeQuestion): Outcomes {
  const walk = new Walk(table, question);
  if (walk.runChain("filter-prerouting-pre-dnat")) return walk.stopped();
  walk.runChain("nat-prerouting");
  walk.rewrite();
  if (walk.runChain("filter-forward")) return walk.stopped();
  walk.runChain("filter-input");
  walk.runChain("nat-postrouting");
  return { output: walk.output, masquerade: walk.masquerade };
}

/** What a statement makes of its rule: on with it, it does not hold, back to the chain before, or an end. */
type Step = "on" | "broken" | "back" | "end";

class Walk {
  masquerade = false;
  readonly #table: NftTable;
  readonly #source: AddressWords;
  #destination: AddressWords;
  readonly #protocol: number;
  readonly #port: number;
  readonly #local: ReadonlySet<string>;
  readonly #outputs: string[] = [];
  #isMarked = false;
  /** Where the first DNAT sends it. */
  #rewritten: AddressWords | undefined;
  #isTranslated = false;

  constructor(table: NftTable, question: OutcomeQuestion) {
    this.#table = table;
    this.#source = parseAddressWords(question.source) ?? [];
    this.#destination = parseAddressWords(question.destination) ?? [];
    this.#protocol = protocolNumber(question.protocol) ?? -1;
    this.#port = question.port;
    this.#local = new Set(question.localAddresses);
  }

  get output(): string {
    return this.#outputs.join(", ");
  }

  /** It ends before postrouting, with a mark or without. */
  stopped(): Outcomes {
    return { output: this.output, masquerade: this.#isMarked };
  }

  /** After prerouting: the header is what the first DNAT made of it. */
  rewrite(): void {
    if (this.#rewritten === undefined) return;
    this.#destination = this.#rewritten;
    this.#isTranslated = true;
  }

  /** True when the chain came to an end that does not return. */
  runChain(name: string): boolean {
    for (const rule of this.#table.chains.get(name)?.rules ?? []) {
      const step = this.#rule(rule.statements);
      if (step === "end") return true;
      if (step === "back") return false;
    }
    return false;
  }

  #rule(statements: readonly NftStatement[]): Step {
    for (const statement of statements) {
      const step = this.#statement(statement);
      if (step !== "on") return step;
    }
    return "on";
  }

  #statement(statement: NftStatement): Step {
    switch (statement.kind) {
      case "match":
        return this.#holds(statement) ? "on" : "broken";
      case "vmap":
        return this.#verdictMap(statement);
      case "verdict":
        return this.#verdict(statement.verdict);
      case "reject":
        return this.#end("REJECT");
      case "set-mark-to":
        return "on";
      case "set-mark":
        this.#isMarked = statement.operation === "or" || statement.operation === "set";
        return "on";
      case "masquerade":
        this.masquerade = true;
        return "on";
      case "dnat":
        this.#send(statement.to);
        return "end";
      case "dnat-map":
        for (const { key, to } of statement.elements) if (this.#isIn(statement.key, [key])) this.#send(to);
        return "end";
      case "update-set":
      case "counter":
        return "on";
      default:
        return statement satisfies never;
    }
  }

  #verdict(verdict: NftVerdict): Step {
    switch (verdict.kind) {
      case "jump":
        return this.runChain(verdict.chain) ? "end" : "on";
      case "goto":
        return this.runChain(verdict.chain) ? "end" : "back";
      case "return":
        return "back";
      case "continue":
        return "on";
      default:
        return this.#end(verdict.kind.toUpperCase());
    }
  }

  /** Of a map of numbers every element, else the packet's. */
  #verdictMap({ key, map }: Extract<NftStatement, { kind: "vmap" }>): Step {
    const elements = map.kind === "anonymous" ? map.elements : (this.#set(map.map)?.elements ?? []);
    const found = elements.filter((element) => this.#isIn(key, [element.key]));
    if (key.some(({ kind }) => kind === "numgen" || kind === "jhash")) {
      for (const { verdict } of found) if (verdict !== undefined) this.#verdict(verdict);
      return "end";
    }
    const verdict = found[0]?.verdict;
    return verdict === undefined ? "broken" : this.#verdict(verdict);
  }

  #end(output: string): Step {
    this.#outputs.push(output);
    return "end";
  }

  #send({ address, port }: NftEndpoint): void {
    const host = formatAddress(address);
    this.#rewritten ??= address;
    this.#outputs.push(port === undefined ? host : joinHostPort(host, port));
  }

  #holds({ key, negated, right }: Extract<NftStatement, { kind: "match" }>): boolean {
    if (isHairpinKey(key)) return formatAddress(this.#source) === formatAddress(this.#destination);
    const elements =
      right.kind === "value"
        ? [[right.value]]
        : right.kind === "anonymous"
          ? right.elements
          : (this.#set(right.set)?.elements ?? []).map((element) => element.key);
    return this.#isIn(key, elements) !== negated;
  }

  #set(name: string): NftSet | undefined {
    return this.#table.sets.get(name);
  }

  #isIn(key: NftKey, elements: readonly NftElementKey[]): boolean {
    return elements.some((element) => key.every((field, i) => this.#fits(field, element[i]!)));
  }

  #fits(field: NftField, value: NftValue): boolean {
    switch (field.kind) {
      case "saddr":
        return isAddressIn(this.#source, value);
      case "daddr":
        return isAddressIn(this.#destination, value);
      case "dport":
        return value.kind === "number" && value.number === this.#port;
      case "l4proto":
        return (value.kind === "protocol" || value.kind === "number") && value.number === this.#protocol;
      case "mark":
        return value.kind === "mark" && (value.value === 0) !== this.#isMarked;
      case "ct-state":
        return value.kind === "word" && value.word.split(",").includes("new");
      case "ct-status":
        return value.kind === "word" && value.word === "dnat" && this.#isTranslated;
      case "fib-type": {
        const address = field.of === "saddr" ? this.#source : this.#destination;
        return value.kind === "word" && (value.word === "local") === this.#local.has(formatAddress(address));
      }
      case "numgen":
      case "jhash":
        return true;
      case "sport":
      case "iifname":
      case "oifname":
        return false;
      default:
        return field satisfies never;
    }
  }
}

/** `saddr . daddr . …`: the tests look at the addresses alone. */
function isHairpinKey(key: NftKey): boolean {
  return key[0]?.kind === "saddr" && key[1]?.kind === "daddr";
}

function isAddressIn(address: AddressWords, value: NftValue): boolean {
  if (value.kind === "cidr") return cidrContains(value.cidr, address);
  return value.kind === "address" && value.words.join() === address.join();
}
