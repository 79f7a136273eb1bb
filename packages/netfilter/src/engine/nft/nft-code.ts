/**
 * How an nft chain stands in its code, an Int32Array: rule after rule, each beginning with where the next one begins and its
 * index in the chain, then its operations. Every operation has a fixed length; what they do not say in numbers stands in the chain's tables (`NftChainCode`).
 */
export const nftHeaderLength = 2;

export const nftOp = {
  /** side (0 source, 1 destination), address word, mask, negated */
  address4: 0,
  /** side, four address words, four mask words, negated */
  address6: 1,
  /** field, parameter, value, negated */
  word: 2,
  /** field, bits of which one must be set, negated */
  bits: 3,
  /** device condition's id, side (0 in, 1 out) */
  device: 4,
  /** look-up, negated */
  lookup: 5,
  /** look-up whose elements have verdicts */
  verdictMap: 6,
  /** verdict word */
  verdict: 7,
  /** id of the reject type */
  reject: 8,
  /** and, xor: mark = (mark & and) ^ xor */
  mark: 9,
  /** 1 for fully-random */
  masquerade: 10,
  /** four address words, port or -1 */
  dnat: 11,
  /** look-up whose slots are endpoints */
  dnatMap: 12,
  /** look-up, 1 for `update`: an element that is there begins its time anew */
  updateSet: 13,
  /** counter */
  counter: 14,
  /** look-up without a set, whose key is the new mark */
  markTo: 15,
} as const;

/** Words of each operation, its own number included. */
export const nftOpLengths: readonly number[] = [5, 11, 5, 4, 3, 3, 2, 2, 2, 3, 2, 6, 2, 3, 2, 2];

/** What is read into a key or compared: code, then three parameters each. */
export const nftField = {
  source: 0,
  destination: 1,
  sourcePort: 2,
  destinationPort: 3,
  protocol: 4,
  /** mask */
  mark: 5,
  sourceType: 6,
  destinationType: 7,
  ctState: 8,
  ctStatus: 9,
  /** modulus, offset */
  random: 10,
  /** modulus, offset, which of the chain's increments */
  increment: 11,
  /** which of the chain's hashes */
  jhash: 12,
} as const;
export const nftFieldLength = 4;

/** A verdict as one word: its kind, and the chain's id above. */
export const nftVerdict = { accept: 0, drop: 1, return: 2, continue: 3, jump: 4, goto: 5 } as const;
export const nftVerdictBits = 3;
