import { utf8Bytes } from "./utf8.ts";

/** The register before the first byte. */
export const crc32Start = 0xffffffff;

/**
 * CRC-32 of a text's UTF-8 bytes, as an unsigned 32-bit number: polynomial 0x04c11db7 reflected, start and end inverted
 * (RFC 1952, section 8; `ngx_crc32_short` and `ngx_crc32_long` of nginx).
 *
 * @example crc32("123456789") // 0xcbf43926
 */
export function crc32(text: string): number {
  return crc32End(crc32Text(crc32Start, text));
}

/** The register after a text's UTF-8 bytes (`ngx_crc32_update`). */
export function crc32Text(register: number, text: string): number {
  let value = register;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return crc32Bytes(register, utf8Bytes(text));
    value = table[(value ^ code) & 0xff]! ^ (value >>> 8);
  }
  return value >>> 0;
}

/** The register after these bytes (`ngx_crc32_update`). */
export function crc32Bytes(register: number, bytes: Iterable<number>): number {
  let value = register;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return value >>> 0;
}

/** The register after a 32-bit word's bytes, the lowest first: how points of a hash ring are chained. */
export function crc32Word(register: number, word: number): number {
  let value = register;
  for (let shift = 0; shift < 32; shift += 8) value = table[(value ^ (word >>> shift)) & 0xff]! ^ (value >>> 8);
  return value >>> 0;
}

/** The checksum that a register stands for (`ngx_crc32_final`). */
export function crc32End(register: number): number {
  return ~register >>> 0;
}

const table: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
