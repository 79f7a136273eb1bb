import { hostAddress } from "../../kubernetes/backend-service.ts";
import { fullyQualified, lowerName } from "../../message/dns-name.ts";
import type { DnsName } from "../../message/resource-record.ts";
import { isInAnyZone } from "../zones.ts";

/** A longer field is dropped (plugin/hosts/hostsfile.go). */
const longestField = 1024;

/** Names and addresses of a hosts file (plugin/hosts/hostsfile.go). Names are in lower case. */
export interface HostTable {
  readonly v4: ReadonlyMap<DnsName, readonly string[]>;
  readonly v6: ReadonlyMap<DnsName, readonly string[]>;
  /** Not for `*.` names. */
  readonly names: ReadonlyMap<string, readonly DnsName[]>;
}

/**
 * Reads lines of an address and its names, as far as they lie in the zones. What is no address makes its line count for nothing.
 *
 * @example hostTable("10.0.0.1 web.example # the site", { zones: ["."], reverse: true }).v4.get("web.example.") // ["10.0.0.1"]
 */
export function hostTable(
  text: string,
  { zones, reverse }: { zones: readonly DnsName[]; reverse: boolean },
): HostTable {
  const v4 = new Map<DnsName, string[]>();
  const v6 = new Map<DnsName, string[]>();
  const names = new Map<string, DnsName[]>();
  for (const line of text.split("\n")) {
    const [first = "", ...rest] = line
      .replace(/#.*$/s, "")
      .split(/[ \t\v\f\r]+/)
      .filter((field) => field !== "");
    const address = first.length > longestField ? undefined : hostAddress(first.replace(/%.*$/, ""))?.address;
    if (address === undefined) continue;
    for (const field of rest) {
      const name = lowerName(fullyQualified(field));
      if (field.length > longestField || !isInAnyZone(zones, name)) continue;
      add(address.includes(":") ? v6 : v4, name, address);
      if (reverse && !name.startsWith("*.")) add(names, address, name);
    }
  }
  return { v4, v6, names };
}

/** The addresses of a name, else those of the `*.` name one label above. */
export function addressesOf(table: ReadonlyMap<DnsName, readonly string[]>, name: DnsName): readonly string[] {
  const found = name.startsWith("*.") ? undefined : table.get(name);
  if (found !== undefined) return found;
  const dot = /(?<!\\)(?:\\\\)*\./.exec(name);
  const above = dot === null ? "" : name.slice(dot.index + dot[0].length);
  return above === "" ? [] : (table.get(`*.${above}`) ?? []);
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
