const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5,
};

/**
 * Milliseconds of a duration as Go writes them: `5s`, `1h30m`, `-0.5s`, `0` (Go, time.ParseDuration).
 *
 * @throws what `fail` makes of Go's words for a text that is none
 *
 * @example durationOf("1m30s", (problem) => new Error(problem)) // 90000
 */
export function durationOf(text: string, fail: (problem: string) => Error): number {
  const match = /^([+-]?)(.*)$/s.exec(text)!;
  const body = match[2]!;
  if (body === "0") return 0;
  if (body === "") throw fail(`time: invalid duration "${text}"`);
  let rest = body;
  let sum = 0;
  while (rest !== "") {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw fail(`time: invalid duration "${text}"`);
    rest = rest.slice(number.length);
    const unit = /^[^.\d]*/.exec(rest)![0];
    if (unit === "") throw fail(`time: missing unit in duration "${text}"`);
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (factor === undefined) throw fail(`time: unknown unit "${unit}" in duration "${text}"`);
    sum += Number(number) * factor;
    rest = rest.slice(unit.length);
  }
  return match[1] === "-" ? -sum : sum;
}

/** As Go prints a duration of so many milliseconds: `1m30s`, `500ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`;
  if (milliseconds < 1e-3) return `${Math.round(milliseconds * 1e6)}ns`;
  if (milliseconds < 1) return `${Number((milliseconds * 1e3).toFixed(3))}µs`;
  if (milliseconds < 1000) return `${Number(milliseconds.toFixed(6))}ms`;
  const hours = Math.floor(milliseconds / 36e5);
  const minutes = Math.floor((milliseconds % 36e5) / 6e4);
  const seconds = Number(((milliseconds % 6e4) / 1000).toFixed(9));
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
