/**
 * The kernel's hsiphash of one 32-bit word on a 64-bit machine: SipHash-1-3 folded to 32 bits (lib/siphash.c,
 * `hsiphash` of four bytes), with a key of two equal halves. 64-bit words are pairs of 32-bit ones here.
 */
export function hsiphashWord(word: number, keyLow: number): number {
  const state = initialState(keyLow);
  // The last block: the length in its top byte, the word in its low half.
  const high = 4 << 24;
  state[7]! ^= high;
  state[6]! ^= word;
  round(state);
  state[1]! ^= high;
  state[0]! ^= word;
  state[4]! ^= 0xff;
  round(state);
  round(state);
  round(state);
  // v0 ^ v1 ^ v2 ^ v3, of which hsiphash keeps the low half.
  return (state[0]! ^ state[2]! ^ state[4]! ^ state[6]!) >>> 0;
}

/** v0 … v3, each as low word, high word. */
function initialState(key: number): Int32Array {
  return Int32Array.of(
    0x70736575 ^ key,
    0x736f6d65,
    0x6e646f6d ^ key,
    0x646f7261,
    0x6e657261 ^ key,
    0x6c796765,
    0x79746573 ^ key,
    0x74656462,
  );
}

function round(v: Int32Array): void {
  add(v, 0, 2);
  rotate(v, 2, 13);
  xor(v, 2, 0);
  rotate(v, 0, 32);
  add(v, 4, 6);
  rotate(v, 6, 16);
  xor(v, 6, 4);
  add(v, 0, 6);
  rotate(v, 6, 21);
  xor(v, 6, 0);
  add(v, 4, 2);
  rotate(v, 2, 17);
  xor(v, 2, 4);
  rotate(v, 4, 32);
}

function add(v: Int32Array, to: number, from: number): void {
  const low = (v[to]! >>> 0) + (v[from]! >>> 0);
  v[to + 1] = v[to + 1]! + v[from + 1]! + (low > 0xffffffff ? 1 : 0);
  v[to] = low;
}

function xor(v: Int32Array, to: number, from: number): void {
  v[to]! ^= v[from]!;
  v[to + 1]! ^= v[from + 1]!;
}

function rotate(v: Int32Array, at: number, bits: number): void {
  const low = v[at]!;
  const high = v[at + 1]!;
  if (bits === 32) {
    v[at] = high;
    v[at + 1] = low;
    return;
  }
  v[at] = (low << bits) | (high >>> (32 - bits));
  v[at + 1] = (high << bits) | (low >>> (32 - bits));
}
