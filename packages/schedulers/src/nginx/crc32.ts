/** What one byte does to the remainder: IEEE 802.3's polynomial, bits reflected. */
const table = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value | 0;
});

/** An empty checksum, to be fed with `updateCrc32` (`ngx_crc32_init`, src/core/ngx_crc32.h). */
export const startOfCrc32 = -1;

/** The checksum after one more byte (`ngx_crc32_update`). */
export function updateCrc32(checksum: number, byte: number): number {
  return table[(checksum ^ byte) & 0xff]! ^ (checksum >>> 8);
}

/** The finished checksum, 0 to 2^32 - 1 (`ngx_crc32_final`). */
export function finishCrc32(checksum: number): number {
  return ~checksum >>> 0;
}

/** The checksum after the bytes of a text, in UTF-8. */
export function updateCrc32ByText(checksum: number, text: string): number {
  let result = checksum;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (point < 0x80) {
      result = updateCrc32(result, point);
      continue;
    }
    const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    result = updateCrc32(result, ((0xff00 >> (more + 1)) & 0xff) | (point >> (6 * more)));
    for (let left = more - 1; left >= 0; left--) result = updateCrc32(result, 0x80 | ((point >> (6 * left)) & 0x3f));
  }
  return result;
}

/**
 * CRC-32 of a text's bytes in UTF-8 (`ngx_crc32_long`).
 *
 * @example
 * crc32("123456789"); // 0xcbf43926
 */
export function crc32(text: string): number {
  return finishCrc32(updateCrc32ByText(startOfCrc32, text));
}
