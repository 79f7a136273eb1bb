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

/**
 * The bytes that a text of base64 stands for, as Go's `base64.StdEncoding` reads it: line breaks are passed over. undefined for
 * what is none.
 */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const plain = text.replace(/[\r\n]/g, "");
  const digits = plain.replace(/={1,2}$/, "");
  if (plain.length % 4 !== 0 || digits.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let [bits, count, at] = [0, 0, 0];
  for (let i = 0; i < digits.length; i++) {
    const value = valueOfDigit(digits.charCodeAt(i));
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = (bits >> count) & 0xff;
  }
  return bytes;
}

const values: Int8Array = Int8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)));

function valueOfDigit(code: number): number {
  return code < 128 ? values[code]! : -1;
}
