/**
 * The kernel's hsiphash of one 32-bit word on a 64-bit machine: SipHash-1-3 folded to 32 bits (lib/siphash.c,
 * `hsiphash` of four bytes), with a key of two equal halves. 64-bit words are pairs of 32-bit ones here, in variables of
 * their own: `mh` hashes at every pick.
 */
export function hsiphashWord(word: number, keyLow: number): number {
  // The last block: the length in its top byte, the word in its low half.
  const length = 4 << 24;
  let v0 = 0x70736575 ^ keyLow;
  let high0 = 0x736f6d65;
  let v1 = 0x6e646f6d ^ keyLow;
  let high1 = 0x646f7261;
  let v2 = 0x6e657261 ^ keyLow;
  let high2 = 0x6c796765;
  let v3 = 0x79746573 ^ keyLow ^ word;
  let high3 = 0x74656462 ^ length;
  // One round for the block, three after it.
  for (let round = 0; round < 4; round++) {
    // v0 += v1; v1 = rotate(v1, 13) ^ v0; v0 = rotate(v0, 32)
    let low = (v0 + v1) | 0;
    let high = (high0 + high1 + carry(low, v0)) | 0;
    let rotated = (v1 << 13) | (high1 >>> 19);
    high1 = ((high1 << 13) | (v1 >>> 19)) ^ high;
    v1 = rotated ^ low;
    v0 = high;
    high0 = low;
    // v2 += v3; v3 = rotate(v3, 16) ^ v2
    low = (v2 + v3) | 0;
    high2 = (high2 + high3 + carry(low, v2)) | 0;
    v2 = low;
    rotated = (v3 << 16) | (high3 >>> 16);
    high3 = ((high3 << 16) | (v3 >>> 16)) ^ high2;
    v3 = rotated ^ v2;
    // v0 += v3; v3 = rotate(v3, 21) ^ v0
    low = (v0 + v3) | 0;
    high0 = (high0 + high3 + carry(low, v0)) | 0;
    v0 = low;
    rotated = (v3 << 21) | (high3 >>> 11);
    high3 = ((high3 << 21) | (v3 >>> 11)) ^ high0;
    v3 = rotated ^ v0;
    // v2 += v1; v1 = rotate(v1, 17) ^ v2; v2 = rotate(v2, 32)
    low = (v2 + v1) | 0;
    high = (high2 + high1 + carry(low, v2)) | 0;
    rotated = (v1 << 17) | (high1 >>> 15);
    high1 = ((high1 << 17) | (v1 >>> 15)) ^ high;
    v1 = rotated ^ low;
    v2 = high;
    high2 = low;
    if (round === 0) {
      v0 ^= word;
      high0 ^= length;
      v2 ^= 0xff;
    }
  }
  // v0 ^ v1 ^ v2 ^ v3, of which hsiphash keeps the low half.
  return (v0 ^ v1 ^ v2 ^ v3) >>> 0;
}

/** What a sum's low word carries over: 1 where it is less than what was added to. */
function carry(sum: number, summand: number): number {
  return sum >>> 0 < summand >>> 0 ? 1 : 0;
}
