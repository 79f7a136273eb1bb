import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { NftField, NftKey } from "../../ruleset/nft-expression.ts";
import type { NftFamily } from "../../ruleset/nft-table.ts";
import type { NftHash, RegisterOrder } from "./hash-number.ts";
import { nftField } from "./nft-code.ts";

/** Two IPv6 addresses, protocol and port: the tape has no room for more. */
const longestKey = 10;

/** A key's fields, `nftFieldLength` words each, and how many words its value has. */
export interface CompiledKey {
  readonly key: Int32Array;
  readonly width: number;
}

/** Makes the code of a chain's keys, and gathers what they count and hash. */
export class KeyCompiler {
  readonly hashes: NftHash[] = [];
  readonly increments: number[] = [];
  readonly incrementRules: number[] = [];
  /** Index of the rule that is being compiled. */
  rule = 0;
  readonly #family: NftFamily;
  readonly #where: string;
  readonly #seed: (index: number) => number;

  /** @param seed of the hash in a place of the chain, for those that name none */
  constructor(family: NftFamily, where: string, seed: (index: number) => number) {
    this.#family = family;
    this.#where = where;
    this.#seed = seed;
  }

  compile(key: NftKey): CompiledKey {
    const width = key.reduce((sum, field) => sum + this.#widthOf(field), 0);
    if (width > longestKey) throw this.#unsupported(`nft key of more than ${longestKey} words`);
    return { key: Int32Array.from(key.flatMap((field) => this.fieldWords(field))), width };
  }

  fieldWords(field: NftField): number[] {
    switch (field.kind) {
      case "saddr":
        return [nftField.source, 0, 0, 0];
      case "daddr":
        return [nftField.destination, 0, 0, 0];
      case "sport":
        return [nftField.sourcePort, 0, 0, 0];
      case "dport":
        return [nftField.destinationPort, 0, 0, 0];
      case "l4proto":
        return [nftField.protocol, 0, 0, 0];
      case "mark":
        return [nftField.mark, (field.mask ?? -1) | 0, 0, 0];
      case "fib-type":
        return [field.of === "saddr" ? nftField.sourceType : nftField.destinationType, 0, 0, 0];
      case "numgen":
        if (field.mode === "random") return [nftField.random, field.modulus, field.offset, 0];
        return [nftField.increment, field.modulus, field.offset, this.#addIncrement(field.modulus)];
      case "jhash":
        return [nftField.jhash, this.#addHash(field), 0, 0];
      default:
        throw this.#unsupported(`nft ${field.kind} in a key`);
    }
  }

  /** The kernel begins so that the first number is 0. */
  #addIncrement(modulus: number): number {
    this.incrementRules.push(this.rule);
    return this.increments.push(modulus - 1) - 1;
  }

  #addHash({ of, modulus, seed, offset }: Extract<NftField, { kind: "jhash" }>): number {
    const { key, width } = this.compile(of);
    const orders = of.flatMap((field) => Array<RegisterOrder>(this.#widthOf(field)).fill(orderOf(field)));
    const length = of.length === 1 ? bytesOf(of[0]!, width) : 4 * width;
    const registers = new Int32Array(width);
    const index = this.hashes.length;
    return this.hashes.push({ key, registers, orders, length, seed: seed ?? this.#seed(index), modulus, offset }) - 1;
  }

  #widthOf({ kind }: NftField): number {
    return this.#family === "ip6" && (kind === "saddr" || kind === "daddr") ? 4 : 1;
  }

  #unsupported(what: string): UnsupportedError {
    return new UnsupportedError(what, this.#where);
  }
}

function orderOf({ kind }: NftField): RegisterOrder {
  if (kind === "saddr" || kind === "daddr") return "network";
  return kind === "sport" || kind === "dport" ? "port" : "host";
}

/** Of a field by itself; in a key of several each begins at a multiple of four bytes. */
function bytesOf({ kind }: NftField, width: number): number {
  if (kind === "sport" || kind === "dport") return 2;
  return kind === "l4proto" ? 1 : 4 * width;
}
