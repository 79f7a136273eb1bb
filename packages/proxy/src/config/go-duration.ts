/** Nanoseconds. */
const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const most = 2n ** 63n;

/**
 * Seconds of a Go duration, `1h30m` or `900s`; for what is none, Go's words for why (time.ParseDuration). It is held in
 * nanoseconds of 64 bits, so that none is longer than 2562047h47m16.854775807s.
 */
export function parseGoDuration(text: string): number | string {
  const invalid = `time: invalid duration ${quoted(text)}`;
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0;
  if (rest === "") return invalid;
  let sum = 0n;
  while (rest !== "") {
    const [part, whole, fraction, unit] = /^(\d*)(?:\.(\d*))?([^.\d]*)/.exec(rest)!;
    if ((whole! + (fraction ?? "")).length === 0 || BigInt(whole!) > most) return invalid;
    if (unit === "") return `time: missing unit in duration ${quoted(text)}`;
    const size = Object.hasOwn(units, unit!) ? units[unit!]! : undefined;
    if (size === undefined) return `time: unknown unit ${quoted(unit!)} in duration ${quoted(text)}`;
    sum += BigInt(whole!) * BigInt(size) + BigInt(Math.trunc(Number(`0.${fraction || 0}`) * size));
    if (sum > most) return invalid;
    rest = rest.slice(part.length);
  }
  if (text.startsWith("-")) return -Number(sum) / 1e9;
  return sum === most ? invalid : Number(sum) / 1e9;
}

/** In quotes as Go's package time has them: bytes beyond ASCII as `\xc2`. */
function quoted(text: string): string {
  const bytesOf = (char: string): string =>
    char < " " ? `%${char.charCodeAt(0).toString(16).padStart(2, "0")}` : encodeURIComponent(char).toLowerCase();
  const inner = text.replace(/["\\]/g, "\\$&").replace(/[^ -\x7f]/gu, (char) => bytesOf(char).replaceAll("%", "\\x"));
  return `"${inner}"`;
}

/** A duration as Go prints it: `1m30s`, `-1.5s`, `0s` (time.Duration.String). */
export function goDurationText(seconds: number): string {
  const nanoseconds = Math.round(Math.abs(seconds) * 1e9);
  if (nanoseconds === 0) return "0s";
  const sign = seconds < 0 ? "-" : "";
  if (nanoseconds < 1e9) {
    const [unit, size] = nanoseconds < 1e3 ? ["ns", 1] : nanoseconds < 1e6 ? ["µs", 1e3] : ["ms", 1e6];
    return `${sign}${nanoseconds / (size as number)}${unit}`;
  }
  const whole = Math.floor(nanoseconds / 1e9);
  const rest = `${(whole % 60) + (nanoseconds % 1e9) / 1e9}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${sign}${rest}`;
  return minutes < 60 ? `${sign}${minutes}m${rest}` : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${rest}`;
}
