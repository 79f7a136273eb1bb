import { normalizedZone } from "../corefile/zone-and-port.ts";
import type { DnsName } from "../message/resource-record.ts";

/** The search list of a resolv.conf as CoreDNS reads one: the last `search` or `domain` line (miekg/dns, clientconfig.go). */
export function searchPathOf(resolvConf: string): DnsName[] {
  let search: readonly string[] = [];
  for (const line of resolvConf.split("\n")) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === "search") search = words;
    else if (keyword === "domain") search = words.slice(0, 1);
  }
  return search.map(normalizedZone);
}
