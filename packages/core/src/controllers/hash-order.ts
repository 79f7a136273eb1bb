import { utf8ToBytes } from "@noble/hashes/utils.js";

const offsetBasis = 0x6c62272e07bb014262b821756295c58dn;
const prime = 0x0000000001000000000000000000013bn;

/** FNV-1a of 128 bits over the UTF-8 bytes, as 32 hexadecimal digits. */
export function fnv128a(text: string): string {
  let hash = offsetBasis;
  for (const byte of utf8ToBytes(text)) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(32, "0");
}

/** A copy sorted by a hash, which is computed once for each. */
export function sortedByHash<T>(values: readonly T[], hashOf: (value: T) => string): readonly T[] {
  if (values.length < 2) return values;
  const hashed = values.map((value) => ({ value, hash: hashOf(value) }));
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  return hashed.map(({ value }) => value);
}
