import type { NftChain, NftDataType, NftElement } from "../../ruleset/nft-table.ts";
import { nftVerdict, nftVerdictBits } from "./nft-code.ts";
import type { NftName } from "./nft-names.ts";

/** What the numbers stand for that nft's rules wrote on a tape. */
export interface NftTapeNames {
  chainName(id: number): NftName;
  /** Undefined when it is gone. */
  chainAt(id: number): NftChain | undefined;
  setName(id: number): NftName;
  /** Types of the set's key; undefined when it is gone. */
  setTypes(id: number): readonly NftDataType[] | undefined;
  /** The element that a key's words belong to; undefined for none, and for one that a rule has added. */
  elementAt(set: number, words: ArrayLike<number>): NftElement | undefined;
}

const kindNames = ["accept", "drop", "return", "continue", "jump", "goto"] as const;

/** A verdict word of the tape: what to do, and the chain's id where it is a jump or goto. */
export function readVerdict(word: number): { readonly kind: (typeof kindNames)[number]; readonly chain: number } {
  return {
    kind: kindNames[word & ((1 << nftVerdictBits) - 1)] ?? kindNames[nftVerdict.continue],
    chain: word >> nftVerdictBits,
  };
}
