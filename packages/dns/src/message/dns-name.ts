import type { DnsName } from "./resource-record.ts";

/** Lower case of ASCII alone, as names compare (RFC 4343). */
export function lowerName(name: DnsName): DnsName {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (code >= 65 && code <= 90) return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }
  return name;
}

/** With the dot at its end: `web` → `web.`. */
export function fullyQualified(name: string): DnsName {
  return isFullyQualified(name) ? name : `${name}.`;
}

/** True where the last dot is there and is no escaped one. */
export function isFullyQualified(name: string): boolean {
  if (!name.endsWith(".")) return false;
  let backslashes = 0;
  for (let index = name.length - 2; index >= 0 && name[index] === "\\"; index--) backslashes++;
  return backslashes % 2 === 0;
}

/** The labels, as they are escaped: `a\.b.c.` → `["a\\.b", "c"]`; none for the root. */
export function labelsOf(name: DnsName): string[] {
  const labels: string[] = [];
  let begin = 0;
  for (let index = 0; index < name.length; index++) {
    if (name[index] === "\\") index++;
    else if (name[index] === ".") {
      if (index > begin) labels.push(name.slice(begin, index));
      begin = index + 1;
    }
  }
  if (begin < name.length) labels.push(name.slice(begin));
  return labels;
}

/** True when a name is a zone's or lies below it. Both in lower case and fully qualified. */
export function isInZone(name: DnsName, zone: DnsName): boolean {
  if (zone === "." || name === zone) return true;
  const start = name.length - zone.length;
  if (start < 1 || !name.endsWith(zone) || name[start - 1] !== ".") return false;
  return isFullyQualified(name.slice(0, start));
}

/**
 * True for a text that can be a name, with or without the dot at its end: labels of 1 to 63 bytes, 255 in all with their lengths
 * (miekg/dns, IsDomainName).
 */
export function isDomainName(text: string): boolean {
  if (text === "") return false;
  const name = fullyQualified(text);
  if (name === ".") return true;
  let total = 0;
  let length = 0;
  for (let index = 0; index < name.length; index++) {
    const char = name[index]!;
    if (char === ".") {
      if (length === 0 || length > 63) return false;
      total += 1 + length;
      length = 0;
      continue;
    }
    length += char === "\\" ? 1 : utf8Length(char.charCodeAt(0));
    if (char === "\\") index += isDecimalEscape(name, index + 1) ? 3 : 1;
  }
  return length === 0 && total <= 256;
}

/** Whether three digits stand there, as in `\032`. */
export function isDecimalEscape(text: string, index: number): boolean {
  return isDigit(text.charCodeAt(index)) && isDigit(text.charCodeAt(index + 1)) && isDigit(text.charCodeAt(index + 2));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Bytes of a UTF-16 unit; two of a pair make four. */
function utf8Length(unit: number): number {
  if (unit < 0x80) return 1;
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
}
