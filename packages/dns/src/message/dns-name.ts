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
