import { jhash, networkWord } from "@kubenetsim/schedulers/netfilter/jhash";
import { reciprocalScale } from "@kubenetsim/schedulers/netfilter/reciprocal-scale";
import { type Tape, tapeKind } from "../tape.ts";
import { numgenMode } from "./numgen.ts";

/** What a `jhash` is taken of, and how it becomes a number. */
export interface NftHash {
  /** Fields of the key, as of a look-up's. */
  readonly key: Int32Array;
  /** Room for the key's words. */
  readonly registers: Int32Array;
  /** Of each word how it stands in its register. */
  readonly orders: readonly RegisterOrder[];
  /** Bytes of the registers that hold the key. */
  readonly length: number;
  readonly seed: number;
  readonly modulus: number;
  readonly offset: number;
}

/** `host`: lowest byte first; `network`: highest first; `port`: highest first, of two. */
export type RegisterOrder = "host" | "network" | "port";

/** `jhash KEY mod N`: the hash of the key's registers, scaled (net/netfilter/nft_hash.c, nft_jhash_eval). */
export function hashNumber(hash: NftHash, words: Int32Array, tape: Tape | null): number {
  const { orders, modulus } = hash;
  for (let i = 0; i < orders.length; i++) {
    if (orders[i] === "network") words[i] = networkWord(words[i]!);
    else if (orders[i] === "port") words[i] = networkWord(words[i]! << 16);
  }
  const number = reciprocalScale(jhash(words, hash.length, hash.seed), modulus) + hash.offset;
  if (tape !== null) tape.write(tapeKind.numgen, numgenMode.jhash, modulus, number);
  return number;
}
