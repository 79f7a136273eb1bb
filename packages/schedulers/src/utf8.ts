/**
 * The bytes of a text in UTF-8 (RFC 3629), which is what programs on a server hash. Half of a surrogate pair alone becomes
 * U+FFFD, as in the Encoding standard's TextEncoder.
 *
 * @example utf8Bytes("é") // [0xc3, 0xa9]
 */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const alone = point >= 0xd800 && point <= 0xdfff;
    pushCodePoint(bytes, alone ? 0xfffd : point);
  }
  return bytes;
}

function pushCodePoint(bytes: number[], point: number): void {
  if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(point));
  else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), tail(point >> 6), tail(point));
  else bytes.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point));
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
