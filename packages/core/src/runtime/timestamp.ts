/** Days from 1970-01-01 to the virtual clock's epoch, 2026-01-01. */
const epochDay = 20454;

/** RFC 3339 text of a virtual time, in whole seconds as the API server writes it: `2026-01-01T00:00:05Z`. */
export function timestampOf(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  if (seconds !== last.seconds) last = { seconds, text: textOf(seconds) };
  return last.text;
}

/** The last text: thousands of objects that are made within a second share it. */
let last: { readonly seconds: number; readonly text: string } = { seconds: Number.NaN, text: "" };

function textOf(seconds: number): string {
  const day = epochDay + Math.floor(seconds / 86_400);
  const rest = seconds - Math.floor(seconds / 86_400) * 86_400;
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  const { year, month, dayOfMonth } = civilDate(day);
  return `${year}-${two(month)}-${two(dayOfMonth)}T${time}Z`;
}

/** The Gregorian date of a day count from 1970-01-01, by 400-year eras that start in March. */
function civilDate(day: number): { year: number; month: number; dayOfMonth: number } {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** The Unix time of a virtual time, in whole seconds. */
export function unixSecondsOf(nowMs: number): number {
  return epochDay * 86_400 + Math.floor(nowMs / 1000);
}

/** The virtual time of a moment in UTC, before 2026 too. Months count from 1. */
export function virtualMsOf(
  { year, month, day }: { year: number; month: number; day: number },
  { hour, minute, second }: { hour: number; minute: number; second: number },
): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468 - epochDay;
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}
