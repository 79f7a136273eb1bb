const days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * A time of the virtual clock as HTTP has it: `Thu, 01 Jan 2026 00:00:05 GMT` (RFC 9110). `timestamp` is the same as RFC 3339
 * text; the clock's day 0, 2026-01-01, is a Thursday.
 */
export function httpDate(nowMs: number, timestamp: string): string {
  const [, year, month, day, time] = /^(\d+)-(\d\d)-(\d\d)T(.*)Z$/.exec(timestamp)!;
  const weekday = days[Math.floor(nowMs / 86_400_000) % 7]!;
  return `${weekday}, ${day} ${months[Number(month) - 1]} ${year} ${time} GMT`;
}
