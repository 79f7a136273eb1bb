import type { Plain } from "./manifest-document.ts";

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

const notFinite = /^(\.(nan|NaN|NAN)|[-+]?\.(inf|Inf|INF))$/;
const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const maxUint64 = 2n ** 64n - 1n;
const minInt64 = -(2n ** 63n);

/** What an unquoted scalar is not allowed to be, since JSON has no words for it. */
export class NotInJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * What an unquoted scalar means to Kubernetes: YAML 1.1 booleans and octals, binary and underscored integers, and no
 * dates and no base 60 (go.yaml.in/yaml/v2 resolve.go, by which sigs.k8s.io/yaml reads).
 */
export function readPlainScalar(text: string): Plain | NotInJson {
  const first = text.charCodeAt(0);
  // Digits, signs and a dot start numbers; words are short. All else is text.
  const numeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  if (!numeric) {
    if (text.length > 5) return text;
    const word = words.get(text);
    return word === undefined ? text : word;
  }
  if (notFinite.test(text)) return new NotInJson(text);
  return readNumber(first === 0x2e ? text : text.replaceAll("_", ""), text);
}

function readNumber(plain: string, text: string): Plain | NotInJson {
  const parts = integer.exec(plain);
  if (parts !== null) {
    const value = integerOf(parts[1]!, parts[2]!);
    if (value !== undefined) return value;
  }
  if (!float.test(plain)) return text;
  const value = Number(plain);
  // Go's ParseFloat calls it out of range, and then it stays text.
  return Number.isFinite(value) ? value : text;
}

/** The integer, as a number where that is exact; undefined when it is not within 64 bits. */
function integerOf(sign: string, digits: string): number | bigint | undefined {
  const modern = /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits;
  const small = Number(modern);
  if (Number.isSafeInteger(small)) return sign === "-" && small !== 0 ? -small : small;
  const big = sign === "-" ? -BigInt(modern) : BigInt(modern);
  // Go reads a sign with ParseInt only, no sign also with ParseUint.
  const top = sign === "" ? maxUint64 : 2n ** 63n - 1n;
  return big >= minInt64 && big <= top ? big : undefined;
}
