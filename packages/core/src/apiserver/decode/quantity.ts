/**
 * Amounts of resources, as apimachinery's pkg/api/resource reads and writes them: exact, in whole billionths, whatever
 * unit they are written in.
 */
export interface Quantity {
  /** In billionths. */
  readonly nano: bigint;
  readonly format: "decimal" | "binary" | "exponent";
}

const billion = 10n ** 9n;
/** More than 64 bits hold is cut down to what they hold. */
const most = (2n ** 63n - 1n) * billion;
const binaryUnits = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const decimalUnits = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const pattern = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;

/** Why a text is no quantity, as the API server says it. */
export class QuantityProblem extends Error {}

/**
 * @throws QuantityProblem
 * @example
 * quantityText(parseQuantity("0.5")); // "500m"
 */
export function parseQuantity(text: string): Quantity {
  const parts = pattern.exec(text);
  if (parts === null || (parts[2] === "" && !parts[3])) {
    throw new QuantityProblem(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  const [, sign, whole, fraction = "", unit] = parts;
  const { base, exponent, format } = unitOf(unit!);
  const digits = BigInt(`${whole}${fraction}`);
  const scaled = scale(digits, fraction.length, base, exponent);
  const nano = scaled > most ? most : scaled;
  return { nano: sign === "-" ? -nano : nano, format };
}

/** The only text of an amount in its format: no fraction, the greatest unit. */
export function quantityText({ nano, format }: Quantity): string {
  if (nano === 0n) return "0";
  if (format === "binary" && nano % billion === 0n && (nano <= -1024n * billion || nano >= 1024n * billion)) {
    return inUnits(nano / billion, 1024n, binaryUnits);
  }
  const text = inUnits(nano, 1000n, decimalUnits);
  if (format !== "exponent") return text;
  const unit = text.replace(/^-?[0-9]+/, "");
  const exponent = (decimalUnits.indexOf(unit) - 3) * 3;
  return exponent === 0 ? text : `${text.slice(0, text.length - unit.length)}e${exponent}`;
}

/** In whole ones, rounded away from zero (Quantity.Value). */
export function wholeUnits({ nano }: Quantity): bigint {
  const rest = nano % billion;
  const cut = (nano - rest) / billion;
  return rest === 0n ? cut : cut + (nano < 0n ? -1n : 1n);
}

function unitOf(unit: string): { base: bigint; exponent: number; format: Quantity["format"] } {
  const binary = binaryUnits.indexOf(unit, 1);
  if (binary > 0) return { base: 1024n, exponent: binary, format: "binary" };
  const decimal = decimalUnits.indexOf(unit);
  if (decimal >= 0) return { base: 10n, exponent: (decimal - 3) * 3, format: "decimal" };
  const written = /^[eE]([-+]?[0-9]+)$/.exec(unit);
  if (written === null) throw new QuantityProblem("unable to parse quantity's suffix");
  return { base: 10n, exponent: Math.max(-400, Math.min(400, Number(written[1]))), format: "exponent" };
}

/** `digits / 10^decimals * base^exponent` in billionths, rounded up. */
function scale(digits: bigint, decimals: number, base: bigint, exponent: number): bigint {
  const over = digits * billion * (exponent > 0 ? base ** BigInt(exponent) : 1n);
  const under = 10n ** BigInt(decimals) * (exponent < 0 ? base ** BigInt(-exponent) : 1n);
  return (over + under - 1n) / under;
}

function inUnits(amount: bigint, step: bigint, units: readonly string[]): string {
  let unit = 0;
  let count = amount;
  while (count % step === 0n && unit < units.length - 1) {
    count /= step;
    unit++;
  }
  return `${count}${units[unit]}`;
}
