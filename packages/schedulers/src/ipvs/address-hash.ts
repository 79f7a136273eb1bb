/** An address as one 32-bit word: IPv6's four words, XORed. */
export function foldAddress(words: readonly number[]): number {
  let fold = 0;
  for (const word of words) fold ^= word;
  return fold;
}

/** The kernel's `hash_32`: the top `bits` of the product with the golden ratio (include/linux/hash.h). */
export function hash32(value: number, bits: number): number {
  return Math.imul(value, 0x61c88647) >>> (32 - bits);
}
