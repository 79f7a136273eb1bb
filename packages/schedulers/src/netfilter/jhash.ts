/** include/linux/jhash.h, JHASH_INITVAL */
const golden = 0xdeadbeef;

/**
 * The kernel's jhash over the bytes of registers (Bob Jenkins' lookup3; include/linux/jhash.h).
 *
 * @param words the bytes, four to a word, the first lowest; what is beyond `length` is 0
 * @param length in bytes
 * @param seed 32 bits
 * @returns 32 bits, signed
 */
export function jhash(words: ArrayLike<number>, length: number, seed: number): number {
  let a = (golden + length + seed) | 0;
  let b = a;
  let c = a;
  let at = 0;
  let left = length;
  for (; left > 12; left -= 12, at += 3) {
    a = (a + words[at]!) | 0;
    b = (b + words[at + 1]!) | 0;
    c = (c + words[at + 2]!) | 0;
    a = (a - c) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (left === 0) return c;
  if (left > 8) c = (c + words[at + 2]!) | 0;
  if (left > 4) b = (b + words[at + 1]!) | 0;
  a = (a + words[at]!) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  return ((c ^ b) - rotate(b, 24)) | 0;
}

/** A word whose first byte is the highest, as `jhash` wants it. */
export function networkWord(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
