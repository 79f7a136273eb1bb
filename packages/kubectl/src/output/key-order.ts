/**
 * The order of keys in go.yaml.in/yaml/v2 (sorter.go): by characters, letters behind everything else, runs of digits by
 * their number.
 */
export function compareKeys(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < left.length && i < right.length; i++) {
    if (left[i] !== right[i]) return compareFrom(left, right, i);
  }
  return left.length - right.length;
}

function compareFrom(left: readonly string[], right: readonly string[], at: number): number {
  const a = left[at]!;
  const b = right[at]!;
  const aIsLetter = isLetter(a);
  const bIsLetter = isLetter(b);
  if (aIsLetter && bIsLetter) return a < b ? -1 : 1;
  if (aIsLetter || bIsLetter) return bIsLetter ? -1 : 1;
  // A zero inside a number counts; one that begins it does not.
  const inside = (a === "0" || b === "0") && followsNonzeroDigits(left, at) ? 1 : 0;
  const aRun = digitsFrom(left, at, inside);
  const bRun = digitsFrom(right, at, inside);
  if (aRun.value !== bRun.value) return aRun.value < bRun.value ? -1 : 1;
  if (aRun.end !== bRun.end) return aRun.end - bRun.end;
  return a < b ? -1 : 1;
}

function followsNonzeroDigits(text: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && /\p{Nd}/u.test(text[i]!); i--) if (text[i] !== "0") return true;
  return false;
}

/** In 64 bits, beyond which Go's numbers begin again from below. */
function digitsFrom(text: readonly string[], at: number, start: number): { value: bigint; end: number } {
  let end = at;
  while (end < text.length && /\d/.test(text[end]!)) end++;
  const digits = text.slice(at, end).join("");
  return { value: BigInt.asIntN(64, BigInt(`${start}${digits}`)), end };
}

function isLetter(char: string): boolean {
  return /\p{L}/u.test(char);
}
