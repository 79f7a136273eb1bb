const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds of a Go duration.
 *
 * @example durationMs("1m30s"); // 90_000
 */
export function durationMs(text: string): number {
  let total = 0;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) total += Number(count) * unitMs[unit!]!;
  return text.startsWith("-") ? -total : total;
}
