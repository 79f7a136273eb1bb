import { type AddressWords, formatAddress } from "@kubenetsim/core/net/address";
import { cidrContains } from "@kubenetsim/core/net/cidr";
import type { Random } from "@kubenetsim/core/runtime/random";
import type {
  NftElementKey,
  NftField,
  NftKey,
  NftStatement,
  NftValue,
  NftVerdict,
} from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NftSet, NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";

/** A packet as nft's manual speaks of it. */
export interface NftHeader {
  readonly source: AddressWords;
  readonly destination: AddressWords;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Empty for none. */
  readonly inDevice: string;
  readonly outDevice: string;
  readonly mark: number;
  readonly state: string;
  readonly status: readonly string[];
}

interface Mapped {
  readonly key: NftElementKey;
  readonly verdict: NftVerdict | undefined;
}

type End = "accept" | "drop" | "reject" | "on" | "broken" | "elsewhere" | "back";

/**
 * Reads rules word by word, compares elements one after the other and keeps its own memory: slow, and as nft's manual has it.
 * `lines` are the tape's records in words.
 */
export class NftOracle {
  readonly lines: string[] = [];
  readonly counts = { rulesCompared: 0, chainsEntered: 0, setLookups: 0, randomDraws: 0 };
  /** Packets that came by each `counter`, by the statement or, for one with a name, by that. */
  readonly counted = new Map<NftStatement | string, number>();
  readonly #table: NftTable;
  readonly #chance: Random;
  readonly #isLocal: (address: string) => boolean;
  /** Of each set that rules add to: its elements with the time at which they end. */
  readonly #added = new Map<string, Map<string, number>>();
  readonly #increments = new Map<NftField, number>();
  mark = 0;
  /** What the last packet's way asked of NAT; empty for nothing. */
  nat = "";
  #header!: NftHeader;
  #nowMs = 0;
  #verdict = "";

  constructor(table: NftTable, chance: Random, isLocal: (address: string) => boolean) {
    this.#table = table;
    this.#chance = chance;
    this.#isLocal = isLocal;
  }

  /** A base chain's verdict. */
  send(base: string, header: NftHeader, nowMs: number): string {
    this.#header = header;
    this.#nowMs = nowMs;
    this.mark = header.mark;
    this.nat = "";
    this.lines.length = 0;
    Object.assign(this.counts, { rulesCompared: 0, chainsEntered: 0, setLookups: 0, randomDraws: 0 });
    const end = this.#run(base, true);
    return end === "back" ? this.#policy(base) : end;
  }

  #policy(chain: string): "accept" | "drop" {
    return this.#table.chains.get(chain)?.base?.policy ?? "accept";
  }

  /** A chain from its first rule to its end, with those that it leads to; behind the end of a top one stands the policy. */
  #run(name: string, isTop: boolean, base: string = name): End {
    this.counts.chainsEntered++;
    this.lines.push(`enter ${name}`);
    let own = 0;
    for (const [i, rule] of this.#table.chains.get(name)!.rules.entries()) {
      own++;
      this.counts.rulesCompared++;
      this.#verdict = "";
      const end = this.#rule(rule.statements, `rule ${name} ${i}`);
      if (end === "on" || end === "broken") continue;
      if (end === "elsewhere") {
        const [kind, chain] = this.#verdict.split(" ") as [string, string];
        if (kind === "goto") this.lines.push(`leave ${name} ${own} return`);
        const below = this.#run(chain, isTop && kind === "goto", base);
        if (below !== "back") {
          if (kind === "jump") this.lines.push(`leave ${name} ${own} ${below}`);
          return below;
        }
        if (kind === "goto") return "back";
        continue;
      }
      this.lines.push(`leave ${name} ${own} ${end !== "back" ? end : isTop ? this.#policy(base) : "return"}`);
      return end;
    }
    this.lines.push(`leave ${name} ${own} ${isTop ? this.#policy(base) : "return"}`);
    return "back";
  }

  #rule(statements: readonly NftStatement[], line: string): End {
    let isSaid = false;
    const say = (): void => {
      if (!isSaid) this.lines.push(line);
      isSaid = true;
    };
    for (const statement of statements) {
      const end = this.#statement(statement, say);
      if (end !== "on") return end;
    }
    say();
    return "on";
  }

  #statement(statement: NftStatement, say: () => void): End {
    switch (statement.kind) {
      case "match":
        return this.#holds(statement) ? "on" : "broken";
      case "counter": {
        const which = statement.name ?? statement;
        this.counted.set(which, (this.counted.get(which) ?? 0) + 1);
        return "on";
      }
      case "update-set":
        return this.#update(statement.verb, this.#setOf(statement.set), this.#text(statement.key)) ? "on" : "broken";
      case "vmap": {
        const { map } = statement;
        const elements: readonly Mapped[] = map.kind === "anonymous" ? map.elements : this.#setOf(map.map).elements;
        const found = this.#find(statement.key, elements, map.kind === "named" ? map.map : undefined);
        if (found?.verdict === undefined) return "broken";
        if (found.verdict.kind !== "continue") say();
        return this.#follow(found.verdict);
      }
      case "dnat-map": {
        const found = this.#find(statement.key, statement.elements, undefined);
        if (found === undefined) return "broken";
        say();
        return this.#translate(found.to);
      }
      default:
        say();
        return this.#act(statement);
    }
  }

  /** What a rule does once all before it holds. */
  #act(statement: NftStatement): End {
    switch (statement.kind) {
      case "set-mark": {
        const { operation, value } = statement;
        const before = this.mark;
        if (operation === "or") this.mark = before | value;
        else if (operation === "xor") this.mark = before ^ value;
        else this.mark = operation === "and" ? before & value : value;
        this.lines.push(`mark ${before} ${this.mark}`);
        return "on";
      }
      case "verdict":
        return this.#follow(statement.verdict);
      case "reject":
        return "reject";
      case "masquerade":
        this.nat = `masquerade ${statement.fullyRandom}`;
        return "accept";
      case "dnat":
        return this.#translate(statement.to);
      default:
        throw new Error(statement.kind);
    }
  }

  #translate(to: { readonly address: AddressWords; readonly port: number | undefined }): End {
    this.nat = `${formatAddress(to.address)} ${to.port ?? -1}`;
    return "accept";
  }

  #follow(verdict: NftVerdict): End {
    switch (verdict.kind) {
      case "jump":
      case "goto":
        this.#verdict = `${verdict.kind} ${verdict.chain}`;
        return "elsewhere";
      case "return":
        return "back";
      case "continue":
        return "on";
      default:
        return verdict.kind;
    }
  }

  #holds({ key, negated, right }: Extract<NftStatement, { kind: "match" }>): boolean {
    if (right.kind === "named" && isAddedTo(this.#setOf(right.set))) {
      const hit = (this.#addedTo(right.set).get(this.#text(key)) ?? 0) > this.#nowMs;
      this.counts.setLookups++;
      this.lines.push(`lookup ${right.set} ${hit}`);
      return hit !== negated;
    }
    if (right.kind === "named") {
      return (this.#find(key, this.#setOf(right.set).elements, right.set) !== undefined) !== negated;
    }
    const elements = right.kind === "value" ? [[right.value]] : right.elements;
    const isConnection = key[0]!.kind === "ct-state" || key[0]!.kind === "ct-status";
    if (!isConnection && (key.length > 1 || elements.length > 1)) this.counts.setLookups++;
    return elements.some((element) => this.#fits(key, element, new Map())) !== negated;
  }

  /** The first element that fits, of a map with a name or of one written out; a number is drawn once. */
  #find<T extends { readonly key: NftElementKey }>(
    key: NftKey,
    elements: readonly T[],
    set: string | undefined,
  ): T | undefined {
    const numbers = new Map(key.filter(({ kind }) => kind === "numgen").map((field) => [field, this.#number(field)]));
    const found = elements.find((element) => this.#fits(key, element.key, numbers));
    this.counts.setLookups++;
    if (set !== undefined) this.lines.push(`lookup ${set} ${found !== undefined}`);
    return found;
  }

  #number(field: NftField): number {
    if (field.kind !== "numgen") throw new Error(field.kind);
    let number: number;
    if (field.mode === "random") {
      this.counts.randomDraws++;
      number = this.#chance.below(field.modulus);
    } else {
      number = this.#increments.get(field) ?? 0;
      this.#increments.set(field, (number + 1) % field.modulus);
    }
    this.lines.push(`numgen ${number + field.offset}`);
    return number + field.offset;
  }

  #fits(key: NftKey, element: NftElementKey, numbers: ReadonlyMap<NftField, number>): boolean {
    return key.every((field, i) => this.#is(field, element[i]!, numbers.get(field)));
  }

  #is(field: NftField, value: NftValue, drawn: number | undefined): boolean {
    switch (value.kind) {
      case "address":
        return formatAddress(value.words) === this.#address(field);
      case "cidr":
        return cidrContains(value.cidr, this.#words(field));
      case "number":
        return value.number === (drawn ?? this.#port(field));
      case "protocol":
        return value.number === this.#header.protocol;
      case "mark":
        return value.value === (field.kind === "mark" ? this.mark & (field.mask ?? -1) : -1);
      case "device": {
        const name = field.kind === "iifname" ? this.#header.inDevice : this.#header.outDevice;
        return value.name.endsWith("*") ? name !== "" && name.startsWith(value.name.slice(0, -1)) : name === value.name;
      }
      case "word":
        return value.word.split(",").some((word) => this.#isWord(field, word));
    }
  }

  #isWord(field: NftField, word: string): boolean {
    if (field.kind === "ct-state") return this.#header.state === word;
    if (field.kind === "ct-status") return this.#header.status.includes(word);
    if (field.kind !== "fib-type" || word !== "local") throw new Error(`${field.kind} ${word}`);
    return this.#isLocal(this.#address({ kind: field.of }));
  }

  #port({ kind }: NftField): number {
    if (kind !== "sport" && kind !== "dport") throw new Error(kind);
    return kind === "sport" ? this.#header.sourcePort : this.#header.destinationPort;
  }

  #words({ kind }: NftField): AddressWords {
    if (kind !== "saddr" && kind !== "daddr") throw new Error(kind);
    return kind === "saddr" ? this.#header.source : this.#header.destination;
  }

  #address(field: NftField): string {
    return formatAddress(this.#words(field));
  }

  #text(key: NftKey): string {
    return key.map((field) => this.#address(field)).join();
  }

  #setOf(name: string): NftSet {
    return this.#table.sets.get(name)!;
  }

  #addedTo(set: string): Map<string, number> {
    if (!this.#added.has(set)) this.#added.set(set, new Map());
    return this.#added.get(set)!;
  }

  #update(verb: string, { name, size = 65_535, timeoutSeconds }: NftSet, text: string): boolean {
    this.counts.setLookups++;
    const added = this.#addedTo(name);
    for (const [one, ends] of added) if (ends <= this.#nowMs) added.delete(one);
    const isThere = added.has(text);
    if (!isThere && added.size >= size) return false;
    const lives = timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : timeoutSeconds * 1000;
    if (!isThere || verb === "update") added.set(text, this.#nowMs + lives);
    return true;
  }
}

function isAddedTo({ flags }: NftSet): boolean {
  return flags.includes("dynamic");
}
