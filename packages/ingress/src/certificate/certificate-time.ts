import { virtualMsOf } from "@kubenetsim/core/runtime/timestamp";
import { byteText } from "./distinguished-name.ts";

/** A UTCTime, whose years 50 to 99 are of the last century (RFC 5280, 4.1.2.5.1), as virtual time; undefined for what is none. */
export function parseUtcTime(bytes: Uint8Array): number | undefined {
  const match = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})$/.exec(byteText(bytes));
  if (match === null) return undefined;
  const year = Number(match[1]);
  return timeOf([year < 50 ? 2000 + year : 1900 + year, ...match.slice(2, 7)], match[7]!);
}

/** A GeneralizedTime, whose years have four digits. */
export function parseGeneralizedTime(bytes: Uint8Array): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(Z|[+-]\d{4})$/.exec(byteText(bytes));
  return match === null ? undefined : timeOf(match.slice(1, 7), match[7]!);
}

/** Go prints a time again and takes it only when that gives the same text, so an offset of zero has to be `Z`. */
function timeOf(parts: readonly (string | number | undefined)[], zone: string): number | undefined {
  const [year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offset = zone === "Z" ? 0 : zoneMinutes(zone);
  if (offset === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  return virtualMsOf({ year, month, day }, { hour, minute: minute - offset, second });
}

function zoneMinutes(zone: string): number | undefined {
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))];
  if (hours > 24 || minutes > 59 || hours + minutes === 0) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
