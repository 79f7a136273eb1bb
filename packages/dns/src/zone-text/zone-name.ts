import { fullyQualified, isDomainName, isFullyQualified } from "../message/dns-name.ts";
import type { DnsName } from "../message/resource-record.ts";

/** A name of zone text: `@` is the origin, and names without the dot at their end lie below it. Undefined for what is no name. */
export function absoluteName(text: string, origin: DnsName): DnsName | undefined {
  if (text === "@") return origin;
  if (!isDomainName(text)) return undefined;
  if (isFullyQualified(text)) return text;
  const name = fullyQualified(origin === "." ? text : `${text}.${origin}`);
  return isDomainName(name) ? name : undefined;
}

/** Seconds of a TTL: `300`, `1h30m`, `1W`. Undefined for what is none (miekg/dns, stringToTTL). */
export function ttlOf(text: string): number | undefined {
  if (!/^[0-9smhdw]*$/i.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
  let [sum, number] = [0, 0];
  for (const char of text.toLowerCase()) {
    const unit = units[char];
    if (unit === undefined) number = number * 10 + Number(char);
    else [sum, number] = [sum + number * unit, 0];
  }
  return sum + number > 0xffffffff ? undefined : sum + number;
}
