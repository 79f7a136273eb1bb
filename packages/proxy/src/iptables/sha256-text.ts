/**
 * SHA-256 (FIPS 180-4) of short ASCII texts. A large cluster needs a hundred thousand names at once, and this does without
 * the copies that a general implementation makes of its input: it is about four times as fast as the library, which is
 * still asked for texts that are not ASCII.
 */

const firstPrimes: readonly number[] = primes(64);
/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of eight. */
const constants: Int32Array = Int32Array.from(firstPrimes, (prime) => fraction(Math.cbrt(prime)));
const initial: Int32Array = Int32Array.from(firstPrimes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

const schedule = new Int32Array(64);
const state = new Int32Array(8);

/** The digest of an ASCII text as eight words, in an array that the next call writes over; undefined for other texts. */
export function sha256Words(text: string): Int32Array | undefined {
  state.set(initial);
  // Each block is written straight into the schedule: text, one bit, zeros, and at the end the length in bits.
  const blocks = ((text.length + 8) >>> 6) + 1;
  for (let block = 0; block < blocks; block++) {
    if (!readBlock(text, block * 64)) return undefined;
    if (block === blocks - 1) schedule[15] = text.length * 8;
    compress();
  }
  return state;
}

/** False where it meets a character that is not ASCII. */
function readBlock(text: string, from: number): boolean {
  schedule.fill(0, 0, 16);
  const count = Math.min(64, text.length - from);
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(from + i);
    seen |= code;
    schedule[i >>> 2]! |= code << (24 - 8 * (i & 3));
  }
  if (count >= 0 && count < 64) schedule[count >>> 2]! |= 0x80 << (24 - 8 * (count & 3));
  return seen < 128;
}

function compress(): void {
  for (let i = 16; i < 64; i++) {
    const w15 = schedule[i - 15]!;
    const w2 = schedule[i - 2]!;
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    schedule[i] = (schedule[i - 16]! + s0 + schedule[i - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[i]! + schedule[i]!) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}
