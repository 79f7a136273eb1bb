import { humanDuration } from "@kubenetsim/core/apiserver/table/human-duration";
import { parseRfc3339 } from "@kubenetsim/core/apiserver/table/rfc3339";
import { epoch } from "@kubenetsim/core/runtime/clock";

const weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `2026-01-01T00:00:00Z` as `Thu, 01 Jan 2026 00:00:00 +0000`: Go's time.RFC1123Z. What is no time is Go's zero time. */
export function rfc1123(text: string | null | undefined): string {
  const seconds = parseRfc3339(text ?? "");
  if (typeof text !== "string" || seconds === undefined) return "Mon, 01 Jan 0001 00:00:00 +0000";
  const days = Math.floor(seconds / 86_400);
  const weekday = weekdays[((days % 7) + 7) % 7]!;
  const [year, month, day] = text.slice(0, 10).split("-");
  return `${weekday}, ${day} ${months[Number(month) - 1]!} ${year} ${text.slice(11, 19)} +0000`;
}

/** How long ago a time was, `nowMs` after the epoch of the simulation. */
export function since(text: string | null | undefined, nowMs: number): string {
  const seconds = parseRfc3339(text ?? "");
  return seconds === undefined ? "<unknown>" : humanDuration(parseRfc3339(epoch)! + nowMs / 1000 - seconds);
}
