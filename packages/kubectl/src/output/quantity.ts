/** An amount as Kubernetes writes it, in exact parts: `value * 10^-exponent`. */
export interface Quantity {
  readonly value: bigint;
  readonly exponent: number;
}

const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** `100m`, `1.5Gi`, `12e6` (apimachinery, resource.ParseQuantity); undefined for what is none. */
export function readQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([KMGTPE]i)|([numkMGTPE]?))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = "", power, binarySuffix, suffix = ""] = match;
  const [whole = "", fraction = ""] = digits.split(".");
  const size = BigInt(whole + fraction) * (binarySuffix === undefined ? 1n : binary[binarySuffix]!);
  const shift = power === undefined ? decimal[suffix]! : Number(power.slice(1));
  return { value: sign === "-" ? -size : size, exponent: fraction.length - shift };
}

/** Below, at or above 0, as a comparison of sort. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const exponent = Math.max(a.exponent, b.exponent);
  const difference = scaled(a, exponent) - scaled(b, exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaled({ value, exponent }: Quantity, to: number): bigint {
  return value * 10n ** BigInt(to - exponent);
}
