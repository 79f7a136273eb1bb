/**
 * A whole number as Go reads it (strconv.Atoi).
 *
 * @throws what `fail` makes of Go's words for a text that is none
 */
export function integerOf(text: string, fail: (problem: string) => Error): number {
  if (!/^[+-]?\d+$/.test(text)) throw fail(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const number = BigInt(text.replace(/^\+/, ""));
  if (BigInt.asIntN(64, number) !== number) throw fail(`strconv.Atoi: parsing "${text}": value out of range`);
  return Number(number);
}

/**
 * A whole number without a sign that fits into so many bits (strconv.ParseUint).
 *
 * @throws what `fail` makes of Go's words for a text that is none
 */
export function unsignedOf(text: string, bits: number, fail: (problem: string) => Error): number {
  if (!/^\d+$/.test(text)) throw fail(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (BigInt(text) >> BigInt(bits) !== 0n) throw fail(`strconv.ParseUint: parsing "${text}": value out of range`);
  return Number(text);
}
