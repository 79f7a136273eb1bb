const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Seconds of `10800s`, `3h`, `1d2h3m4s5ms` or, without a unit, `90`; undefined for anything else. */
export function parseNftDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^(\d+(ms|d|h|m|s))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/(\d+)(ms|d|h|m|s)/g)) ms += Number(number) * unitMs[unit!]!;
  return ms / 1000;
}

/** As nft prints it: `3h`, `1m30s`, `2h59m59s960ms`. */
export function formatNftDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  let text = "";
  for (const [unit, ms] of Object.entries(unitMs)) {
    const count = Math.floor(rest / ms);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * ms;
  }
  return text === "" ? "0s" : text;
}
