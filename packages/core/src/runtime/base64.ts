import { utf8ToBytes } from "@noble/hashes/utils.js";

/** Base64 (RFC 4648) of a text's UTF-8. */
export function base64(text: string): string {
  return base64OfBytes(utf8ToBytes(text));
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The same of bytes. */
export function base64OfBytes(bytes: ArrayLike<number>): string {
  let encoded = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [first, second, third] = [bytes[i]!, bytes[i + 1], bytes[i + 2]];
    encoded += alphabet[first >> 2]! + alphabet[((first & 3) << 4) | ((second ?? 0) >> 4)]!;
    encoded += second === undefined ? "=" : alphabet[((second & 15) << 2) | ((third ?? 0) >> 6)]!;
    encoded += third === undefined ? "=" : alphabet[third & 63]!;
  }
  return encoded;
}

/** How many bytes a text of base64 stands for. */
export function base64Length(text: string): number {
  return Math.floor((text.replace(/=+$/, "").length * 3) / 4);
}
