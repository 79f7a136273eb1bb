const alphabet = Uint8Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", (character) => character.charCodeAt(0));

/**
 * The first `length` characters of the standard base32 text of these bytes (RFC 4648), without padding, behind a prefix.
 * (The engine keeps texts that are joined as their parts; this one it can read at once.)
 */
export function base32(bytes: Uint8Array, length: number, prefix = ""): string {
  const codes: number[] = [];
  for (let i = 0; i < prefix.length; i++) codes.push(prefix.charCodeAt(i));
  for (let bit = 0; bit < length * 5; bit += 5) {
    const at = bit >> 3;
    const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    codes.push(alphabet[(pair >> (11 - (bit & 7))) & 31]!);
  }
  return String.fromCharCode(...codes);
}
