const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * Seconds of `10800s`, `3h`, `1d2h3m4s5ms`; undefined for anything else: units out of their order, none, or more than eight
 * digits before one (`timestring` of nft's scanner.l, `time_parse` of its datatype.c).
 */
export function parseNftDuration(text: string): number | undefined {
  if (!/^(\d{1,8}d)?(\d{1,8}h)?(\d{1,8}m)?(\d{1,8}s)?(\d{1,8}ms)?$/.test(text) || text === "") return undefined;
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
