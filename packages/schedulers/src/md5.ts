import { utf8Bytes } from "./utf8.ts";

/**
 * MD5 of a text's UTF-8 bytes in hexadecimal (RFC 1321; `ngx.md5` of lua-nginx-module).
 *
 * @example md5("abc") // "900150983cd24fb0d6963f7d28e17f72"
 */
export function md5(text: string): string {
  return md5Words(text).map(hexOfWord).join("");
}

/** The digest as four unsigned words, each of four bytes, the lowest first. */
export function md5Words(text: string): number[] {
  const words = padded(utf8Bytes(text));
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < words.length; block += 16) mix(state, words, block);
  return state.map((word) => word >>> 0);
}

/** The message, a bit 1, zeros and its length in bits, as words of four bytes, the lowest first. */
function padded(bytes: readonly number[]): number[] {
  const words = new Array<number>(((bytes.length + 8) >> 6) * 16 + 16).fill(0);
  for (const [at, byte] of [...bytes, 0x80].entries()) words[at >> 2]! |= byte << ((at & 3) * 8);
  words[words.length - 2] = bytes.length << 3;
  words[words.length - 1] = Math.floor(bytes.length / 2 ** 29);
  return words;
}

/** By how much the four rounds turn their sums, in turn. */
const turns: readonly (readonly number[])[] = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];

/** T[i] of RFC 1321, section 3.4: the integer part of 4294967296 times abs(sin(i)), i from 1. */
const sines: readonly number[] = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** Which word of the block each step of a round takes. */
const orders: readonly ((step: number) => number)[] = [
  (step) => step,
  (step) => (5 * step + 1) & 15,
  (step) => (3 * step + 5) & 15,
  (step) => (7 * step) & 15,
];

const choosers: readonly ((b: number, c: number, d: number) => number)[] = [
  (b, c, d) => (b & c) | (~b & d),
  (b, c, d) => (b & d) | (c & ~d),
  (b, c, d) => b ^ c ^ d,
  (b, c, d) => c ^ (b | ~d),
];

function mix(state: number[], words: readonly number[], block: number): void {
  let [a, b, c, d] = state as [number, number, number, number];
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const word = words[block + orders[round]!(step)]!;
    const sum = (a + choosers[round]!(b, c, d) + word + sines[step]!) | 0;
    const turn = turns[round]![step & 3]!;
    const next = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
    [a, b, c, d] = [d, next, b, c];
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
}

function hexOfWord(word: number): string {
  const bytes = [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff);
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
