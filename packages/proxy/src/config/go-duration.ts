const unitSeconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Seconds of a Go duration, `1h30m` or `900s` (time.ParseDuration); undefined for what is none. */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text)!;
  if (rest === "0") return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(rest!)) return undefined;
  let seconds = 0;
  for (const [, number, unit] of rest!.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    seconds += Number(number) * unitSeconds[unit!]!;
  }
  return sign === "-" ? -seconds : seconds;
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
