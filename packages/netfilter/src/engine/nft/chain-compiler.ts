import { wordMask } from "@kubenetsim/core/net/cidr";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type {
  NftEndpoint,
  NftField,
  NftKey,
  NftStatement,
  NftValue,
  NftVerdict,
} from "../../ruleset/nft-expression.ts";
import type { NftFamily, NftRule } from "../../ruleset/nft-table.ts";
import { rejectionCode } from "../icmp-error.ts";
import { ctStatus } from "../packet.ts";
import { NftChainCode, type NftCount, type NftLookup, noElement } from "./chain-code.ts";
import { elementPattern, routeType, stateBit } from "./element-pattern.ts";
import { ElementSet, type IndexedElement } from "./element-set.ts";
import { verdictWord } from "./indexed-set.ts";
import { KeyCompiler } from "./key-compiler.ts";
import { nftField, nftHeaderLength, nftOp } from "./nft-code.ts";
import { rejectType } from "./reject-type.ts";

/** Numbers for what a chain's rules name. */
export interface NftRuleNames {
  chainId(name: string): number;
  setId(name: string): number;
  /** The counter with this name. */
  count(name: string): NftCount;
  /** Condition on a device; a `+` at its end stands for any rest. */
  deviceId(name: string, negated: boolean): number;
  /** 32 bits for the `jhash` that stands in place `index` of the chain. */
  seed(index: number): number;
}

export interface ChainToCompile {
  readonly id: number;
  readonly family: NftFamily;
  /** For errors: `chain services in table ip kube-proxy`. */
  readonly where: string;
  readonly rules: readonly NftRule[];
}

/** Above so many, a map of numbers is hashed as others are. */
const mostNumbers = 65_536;
const noEndpoints = new Int32Array(0);

interface OwnParts {
  readonly set?: number;
  readonly own?: ElementSet;
  readonly numbers?: Int32Array;
  readonly offset?: number;
  readonly endpoints?: Int32Array | undefined;
}

/** Makes a chain's code. */
export class ChainCompiler {
  readonly #chain: ChainToCompile;
  readonly #names: NftRuleNames;
  readonly #words: number[] = [];
  readonly #lookups: NftLookup[] = [];
  readonly #counters: NftCount[] = [];
  readonly #keys: KeyCompiler;

  constructor(chain: ChainToCompile, names: NftRuleNames) {
    this.#chain = chain;
    this.#names = names;
    this.#keys = new KeyCompiler(chain.family, chain.where, (index) => names.seed(index));
  }

  compile(): NftChainCode {
    for (const [index, rule] of this.#chain.rules.entries()) {
      const start = this.#words.push(0, index) - nftHeaderLength;
      this.#keys.rule = index;
      for (const statement of rule.statements) this.#addStatement(statement);
      this.#words[start] = this.#words.length;
    }
    return new NftChainCode({
      id: this.#chain.id,
      rules: this.#chain.rules,
      words: Int32Array.from(this.#words),
      lookups: this.#lookups,
      counters: this.#counters,
      hashes: this.#keys.hashes,
      increments: Int32Array.from(this.#keys.increments),
      incrementRules: this.#keys.incrementRules,
    });
  }

  #addStatement(statement: NftStatement): void {
    const words = this.#words;
    switch (statement.kind) {
      case "match":
        this.#addMatch(statement);
        return;
      case "vmap":
        words.push(nftOp.verdictMap, this.#verdictLookup(statement));
        return;
      case "verdict":
        words.push(nftOp.verdict, this.#verdictWord(statement.verdict));
        return;
      case "reject":
        words.push(nftOp.reject, rejectionCode(rejectType(statement.with, this.#chain.family)));
        return;
      case "set-mark":
        words.push(nftOp.mark, ...markWords(statement.operation, statement.value | 0));
        return;
      case "set-mark-to":
        words.push(nftOp.markTo, this.#addLookup(this.#keys.compile([statement.field])));
        return;
      case "masquerade":
        words.push(nftOp.masquerade, statement.fullyRandom ? 1 : 0);
        return;
      case "dnat":
        words.push(nftOp.dnat, ...endpointWords(statement.to));
        return;
      case "dnat-map":
        words.push(nftOp.dnatMap, this.#endpointLookup(statement.key, statement.elements));
        return;
      case "update-set": {
        const refresh = statement.verb === "update" ? 1 : 0;
        words.push(nftOp.updateSet, this.#namedLookup(statement.key, statement.set), refresh);
        return;
      }
      case "counter":
        words.push(nftOp.counter, this.#counter(statement));
        return;
      default:
        statement satisfies never;
    }
  }

  #addMatch({ key, negated, right }: Extract<NftStatement, { kind: "match" }>): void {
    const field = key[0]!;
    if (right.kind === "named") {
      this.#words.push(nftOp.lookup, this.#namedLookup(key, right.set), negated ? 1 : 0);
      return;
    }
    const values = right.kind === "value" ? [[right.value]] : right.elements;
    if (field.kind === "ct-state" || field.kind === "ct-status") {
      this.#addBits(field.kind, values.flat(), negated);
    } else if (key.length === 1 && values.length === 1 && !isDrawn(field))
      this.#addValue(field, values[0]![0]!, negated);
    else {
      const elements = values.map((value) => this.#indexed(value, -1));
      this.#words.push(nftOp.lookup, this.#ownLookup(key, elements), negated ? 1 : 0);
    }
  }

  /** nft keeps a set of one element, written out, as a plain comparison too. */
  #addValue(field: NftField, value: NftValue, negated: boolean): void {
    const words = this.#words;
    const not = negated ? 1 : 0;
    if (field.kind === "iifname" || field.kind === "oifname") {
      if (value.kind !== "device") throw this.#unsupported(`nft ${field.kind} with a ${value.kind}`);
      const name = value.name.replace(/\*$/, "+");
      words.push(nftOp.device, this.#names.deviceId(name, negated), field.kind === "iifname" ? 0 : 1);
    } else if (value.kind === "address" || value.kind === "cidr") {
      const { words: address, prefix } =
        value.kind === "cidr" ? value.cidr : { words: value.words, prefix: value.words.length * 32 };
      const mask = address.map((_, i) => wordMask(prefix, i));
      const op = address.length === 1 ? nftOp.address4 : nftOp.address6;
      words.push(op, field.kind === "saddr" ? 0 : 1, ...address, ...mask, not);
    } else {
      const [code, parameter] = this.#keys.fieldWords(field);
      words.push(nftOp.word, code!, parameter!, this.#wordOf(value), not);
    }
  }

  #wordOf(value: NftValue): number {
    if (value.kind === "number" || value.kind === "protocol") return value.number;
    if (value.kind === "mark") return value.value | 0;
    if (value.kind === "word") return routeType(value.word, this.#chain.where);
    throw this.#unsupported(`nft value of kind ${value.kind}`);
  }

  /** One of the states, or of the status bits, is the connection's. */
  #addBits(kind: "ct-state" | "ct-status", values: readonly NftValue[], negated: boolean): void {
    let bits = 0;
    for (const value of values) {
      if (value.kind !== "word") throw this.#unsupported(`nft ${kind} with a ${value.kind}`);
      for (const word of value.word.split(",")) {
        bits |= kind === "ct-state" ? stateBit(word, this.#chain.where) : this.#statusBit(word);
      }
    }
    if (kind === "ct-status" && (negated || values.length > 1))
      throw this.#unsupported("nft ct status but for one bit");
    const field = kind === "ct-state" ? nftField.ctState : nftField.ctStatus;
    this.#words.push(nftOp.bits, field, bits, negated ? 1 : 0);
  }

  #statusBit(word: string): number {
    if (word === "dnat") return ctStatus.destinationNat;
    if (word === "snat") return ctStatus.sourceNat;
    throw this.#unsupported(`nft ct status "${word}"`);
  }

  #counter({ name, packets, bytes }: Extract<NftStatement, { kind: "counter" }>): number {
    const own = { packets: packets ?? 0, bytes: bytes ?? 0 };
    return this.#counters.push(name === undefined ? own : this.#names.count(name)) - 1;
  }

  #namedLookup(key: NftKey, set: string): number {
    return this.#addLookup({ ...this.#keys.compile(key), set: this.#names.setId(set) });
  }

  #verdictLookup({ key, map }: Extract<NftStatement, { kind: "vmap" }>): number {
    if (map.kind === "named") return this.#namedLookup(key, map.map);
    const elements = map.elements.map((element) => this.#indexed(element.key, this.#verdictWord(element.verdict)));
    return this.#ownLookup(key, elements);
  }

  #endpointLookup(key: NftKey, elements: Extract<NftStatement, { kind: "dnat-map" }>["elements"]): number {
    const indexed = elements.map((element, i) => this.#indexed(element.key, i));
    return this.#ownLookup(key, indexed, Int32Array.from(elements.flatMap(({ to }) => endpointWords(to))));
  }

  #ownLookup(key: NftKey, elements: readonly IndexedElement[], endpoints?: Int32Array): number {
    const read = this.#keys.compile(key);
    const field = key[0]!;
    if (key.length === 1 && isDrawn(field) && field.modulus <= mostNumbers) {
      const { offset } = field;
      return this.#addLookup({ ...read, numbers: actionsByNumber(field, elements), offset, endpoints });
    }
    const own = new ElementSet(read.width, { timeoutMs: Number.POSITIVE_INFINITY, size: 0, isLive: false });
    for (const element of elements) own.add(element, 0);
    return this.#addLookup({ ...read, own, endpoints });
  }

  #addLookup(lookup: Pick<NftLookup, "key" | "width"> & OwnParts): number {
    const { key, width, set = -1, own, numbers, offset = 0, endpoints = noEndpoints } = lookup;
    return this.#lookups.push({ key, width, set, own, numbers, offset, endpoints }) - 1;
  }

  #indexed(key: readonly NftValue[], action: number): IndexedElement {
    return { pattern: elementPattern(key, this.#chain.where), action, element: undefined };
  }

  #verdictWord(verdict: NftVerdict): number {
    return verdictWord(verdict, (name) => this.#names.chainId(name));
  }

  #unsupported(what: string): UnsupportedError {
    return new UnsupportedError(what, this.#chain.where);
  }
}

function markWords(operation: "or" | "xor" | "and" | "set", value: number): [and: number, xor: number] {
  switch (operation) {
    case "or":
      return [~value, value];
    case "xor":
      return [-1, value];
    case "and":
      return [value, 0];
    case "set":
      return [0, value];
  }
}

function endpointWords({ address, port }: NftEndpoint): number[] {
  return [address[0] ?? 0, address[1] ?? 0, address[2] ?? 0, address[3] ?? 0, port ?? -1];
}

/** A number that nothing of the packet says outright. */
function isDrawn(field: NftField): field is Extract<NftField, { modulus: number }> {
  return field.kind === "numgen" || field.kind === "jhash";
}

/** A map of few numbers needs no hashing. */
function actionsByNumber(
  { modulus, offset }: { readonly modulus: number; readonly offset: number },
  elements: readonly IndexedElement[],
): Int32Array {
  const actions = new Int32Array(modulus).fill(noElement);
  for (const { pattern, action } of elements) {
    const number = (pattern.words[0]! >>> 0) - offset;
    if (number >= 0 && number < modulus) actions[number] = action;
  }
  return actions;
}
