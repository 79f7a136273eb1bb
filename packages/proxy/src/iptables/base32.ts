const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The first `length` characters of the standard base32 text of these bytes (RFC 4648), without padding. */
export function base32(bytes: Uint8Array, length: number): string {
  let text = "";
  for (let bit = 0; text.length < length; bit += 5) {
    const at = bit >> 3;
    const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    text += alphabet[(pair >> (11 - (bit & 7))) & 31];
  }
  return text;
}
