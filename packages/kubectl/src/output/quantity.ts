/** An amount as Kubernetes writes it, exactly: `value * 10^-exponent`. */
export interface Quantity {
  readonly value: bigint;
  readonly exponent: number;
  /** Written with Ki, Mi, …; sums keep what their first amount had. */
  readonly isBinary: boolean;
}

const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

const zero: Quantity = { value: 0n, exponent: 0, isBinary: false };

/** `100m`, `1.5Gi`, `12e6` (apimachinery, resource.ParseQuantity); undefined for what is none. */
export function readQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([KMGTPE]i)|([numkMGTPE]?))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = "", power, binary, suffix = ""] = match;
  const [whole = "", fraction = ""] = digits.split(".");
  const size = BigInt(whole + fraction) * 1024n ** BigInt(binary === undefined ? 0 : binarySuffixes.indexOf(binary));
  const shift = power === undefined ? decimalSuffixes.indexOf(suffix) * 3 - 9 : Number(power.slice(1));
  const isBinary = binary !== undefined;
  return { value: sign === "-" ? -size : size, exponent: fraction.length - shift, isBinary };
}

/** Below, at or above 0, as a comparison of sort. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const exponent = Math.max(a.exponent, b.exponent);
  const difference = scaled(a, exponent) - scaled(b, exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const exponent = Math.max(a.exponent, b.exponent);
  const { isBinary } = a.value === 0n ? b : a;
  return { value: scaled(a, exponent) + scaled(b, exponent), exponent, isBinary };
}

/** In the canonical form: no fraction, and the largest suffix that leaves none. */
export function quantityText(quantity: Quantity): string {
  const { value, exponent, isBinary } = quantity;
  if (value === 0n) return "0";
  const unit = 10n ** BigInt(Math.max(exponent, 0));
  const whole = value * 10n ** BigInt(Math.max(-exponent, 0));
  const large = whole <= -1024n * unit || whole >= 1024n * unit;
  if (isBinary && large && whole % unit === 0n) return suffixed(whole / unit, 1024n, binarySuffixes);
  // Below a billionth everything is rounded up.
  const nano = scaled(quantity, Math.max(exponent, 9));
  const beyond = 10n ** BigInt(Math.max(exponent - 9, 0));
  return suffixed(nano % beyond === 0n ? nano / beyond : nano / beyond + 1n, 1000n, decimalSuffixes);
}

/** How much of `unit` fits, rounded up: `quantityCeiling("1500m", "1")` is "2". */
export function quantityCeiling(text: string, unit: string): string {
  const amount = readQuantity(text) ?? zero;
  const divisor = readQuantity(unit) ?? zero;
  const exponent = Math.max(amount.exponent, divisor.exponent);
  const [a, b] = [scaled(amount, exponent), scaled(divisor, exponent)];
  return b === 0n ? "0" : String((a + b - 1n) / b);
}

/** How many hundredths of another amount it is, cut to a whole number; 0 of nothing. */
export function percentOf(amount: Quantity, all: Quantity): number {
  const exponent = Math.max(amount.exponent, all.exponent);
  const whole = Number(scaled(all, exponent));
  return whole === 0 ? 0 : Math.trunc((Number(scaled(amount, exponent)) / whole) * 100);
}

function suffixed(value: bigint, base: bigint, suffixes: readonly string[]): string {
  let [rest, at] = [value, 0];
  while (at + 1 < suffixes.length && rest % base === 0n) {
    rest /= base;
    at++;
  }
  return `${rest}${suffixes[at]!}`;
}

function scaled({ value, exponent }: Quantity, to: number): bigint {
  return value * 10n ** BigInt(to - exponent);
}
