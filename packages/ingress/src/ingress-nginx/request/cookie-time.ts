import { timestampOf } from "@kubenetsim/core/runtime/timestamp";

/** The clock's day 0, 2026-01-01, is a Thursday. */
const days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * A virtual time as nginx writes it in cookies (src/core/ngx_times.c `ngx_http_cookie_time`), in whole seconds.
 *
 * @example
 * cookieTime(104_000); // "Thu, 01-Jan-26 00:01:44 GMT"
 */
export function cookieTime(nowMs: number): string {
  const [, year = "", month = "", day = "", time = ""] = /^(-?\d+)-(\d\d)-(\d\d)T(.*)Z$/.exec(timestampOf(nowMs))!;
  const weekday = days[((Math.floor(nowMs / 86_400_000) % 7) + 7) % 7]!;
  const shortYear = Number(year) > 2037 ? year : year.slice(-2);
  return `${weekday}, ${day}-${months[Number(month) - 1]}-${shortYear} ${time} GMT`;
}
