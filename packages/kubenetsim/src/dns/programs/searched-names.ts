import { fullyQualified, isFullyQualified } from "@kubenetsim/dns/message/dns-name";
import type { DnsName } from "@kubenetsim/dns/message/resource-record";
import type { ResolvConf } from "@kubenetsim/dns/resolver/resolv-conf";

/** What BIND's programs try for a name, one after the other: the search list goes first unless the name has dots enough. */
export function searchedNames(name: string, { search, ndots }: ResolvConf): readonly DnsName[] {
  const asIs = fullyQualified(name);
  if (isFullyQualified(name)) return [asIs];
  const searched = search.map((domain) => fullyQualified(`${name}.${domain}`));
  return name.split(".").length > ndots ? [asIs, ...searched] : [...searched, asIs];
}
