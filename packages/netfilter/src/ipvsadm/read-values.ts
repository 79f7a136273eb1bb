import { addressWords, formatAddress, type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { SchedulerFlag } from "../ruleset/virtual-server.ts";

/** The values of ipvsadm's options, read as its `parse_*` functions do (ipvsadm.c of version 1.31). */

export interface Endpoint {
  readonly address: IpAddress;
  /** Undefined where only an address is named. */
  readonly port: number | undefined;
}

/** `string_to_number`: as `strtol` reads it, all of it; undefined where it is none from `least` to `most`. */
export function readNumber(text: string, least: number, most: number): number | undefined {
  const value = /^\s*[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** `parse_service`: `10.96.0.1:80`, `10.96.0.1`, `[fd00::1]:80`, `fd00::1`. Names are not looked up. */
export function readEndpoint(text: string): Endpoint | undefined {
  if (/^\d*$/.test(text)) return undefined;
  let host = text;
  let port: string | undefined;
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end < 0 || text[end + 1] !== ":") return undefined;
    host = text.slice(1, end);
    port = text.slice(end + 2);
  }
  const six = host.includes(":") ? parseAddress(host) : undefined;
  if (six === undefined && !text.startsWith("[")) {
    const colon = host.lastIndexOf(":");
    if (colon >= 0) {
      port = host.slice(colon + 1);
      host = host.slice(0, colon);
    }
  } else if (six === undefined) port = undefined;
  const address = six ?? readInetAddress(host);
  const number = port === undefined ? undefined : readNumber(port, 0, 65_535);
  if (address === undefined || (port !== undefined && number === undefined)) return undefined;
  return { address, port: number };
}

/** `inet_aton`: up to four numbers, decimal, octal or hexadecimal, of which the last fills what is left. */
export function readInetAddress(text: string): IpAddress | undefined {
  const parts = text.split(".").map(readInetNumber);
  if (parts.length > 4 || parts.some((part) => Number.isNaN(part))) return undefined;
  const last = parts.pop()!;
  if (parts.some((part) => part > 255) || last >= 256 ** (4 - parts.length)) return undefined;
  const word = parts.reduce((sum, part, i) => sum + part * 256 ** (3 - i), last);
  return formatAddress([word | 0]);
}

function readInetNumber(text: string): number {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
}

/** `parse_timeout`. */
export function readTimeout(text: string, least: number): number {
  const value = readNumber(text, least, 86_400 * 31);
  if (value !== undefined) return value;
  throw new ParseError(`invalid timeout value \`${text}' specified`);
}

/** `parse_fwmark`. */
export function readMark(text: string): number {
  const value = readNumber(text, 1, 2 ** 32 - 1);
  if (value !== undefined) return value;
  throw new ParseError(`invalid fwmark value \`${text}' specified`);
}

/** `-M` as a prefix length; NaN for a mask with gaps. */
export function readNetmask(text: string, v6: boolean): number {
  if (v6) {
    const length = Number.parseInt(text, 10) || 0;
    if (length >= 1 && length <= 128) return length;
    throw new ParseError("illegal ipv6 netmask specified");
  }
  const address = readInetAddress(text);
  if (address === undefined) throw new ParseError("illegal virtual server persistent mask specified");
  const word = addressWords(address)[0]!;
  const length = Math.clz32(~word);
  return word === (length === 0 ? 0 : -1 << (32 - length)) ? length : Number.NaN;
}

const flagsOf: Readonly<Record<string, readonly SchedulerFlag[]>> = {
  sh: ["sh-fallback", "sh-port", "flag-3"],
  mh: ["mh-fallback", "mh-port", "flag-3"],
};
const plainFlags: readonly SchedulerFlag[] = ["flag-1", "flag-2", "flag-3"];

/** `parse_sched_flags`: by the names that the scheduler's flags have. */
export function readSchedulerFlags(text: string, scheduler: string): SchedulerFlag[] {
  const own = flagsOf[scheduler] ?? plainFlags;
  const bits = text
    .split(",")
    .filter((flag) => flag !== "")
    .map((flag) => {
      const plain = plainFlags.indexOf(flag as SchedulerFlag);
      if (plain >= 0) return plain;
      const named = own.indexOf(flag as SchedulerFlag);
      if (named >= 0) return named;
      const known = Object.values(flagsOf).some((flags) => flags.includes(flag as SchedulerFlag));
      if (known) throw new ParseError(`incompatible scheduler flag \`${flag}'`);
      const names = [...new Set([...Object.values(flagsOf).flat(), ...plainFlags])].sort();
      throw new ParseError(`invalid scheduler flag \`${flag}'`, { hint: `the flags are ${names.join(", ")}` });
    });
  return own.filter((_, bit) => bits.includes(bit));
}
