import type { DnsSettings } from "./dns-settings.ts";

/** A warning event about a Pod. */
export interface KubeletEvent {
  readonly reason: "DNSConfigForming" | "MissingClusterDNS";
  readonly message: string;
}

/** pkg/apis/core/validation: MaxDNSNameservers, MaxDNSSearchPaths, MaxDNSSearchListChars; DNS1123SubdomainMaxLength. */
const mostNameservers = 3;
const mostSearches = 32;
const mostSearchCharacters = 2048;
const longestSearch = 253;

/** Cuts what is too much, and says so (formDNSConfigFitsLimits). */
export function fitLimits(settings: DnsSettings): { settings: DnsSettings; events: readonly KubeletEvent[] } {
  const nameservers = settings.nameservers.slice(0, mostNameservers);
  const searches = fittingSearches(settings.searches);
  const events: KubeletEvent[] = [];
  if (nameservers.length < settings.nameservers.length) {
    events.push(omitted("Nameserver", "nameservers", "nameserver", nameservers));
  }
  if (searches.length < settings.searches.length) {
    events.push(omitted("Search Line", "search paths", "search", searches));
  }
  return { settings: { ...settings, nameservers, searches }, events };
}

function fittingSearches(all: readonly string[]): readonly string[] {
  const searches = all.slice(0, mostSearches).filter((search) => search.length <= longestSearch);
  while (searches.join(" ").length > mostSearchCharacters) searches.pop();
  return searches;
}

function omitted(limit: string, what: string, line: string, left: readonly string[]): KubeletEvent {
  const message = `${limit} limits were exceeded, some ${what} have been omitted, the applied ${line} line is: ${left.join(" ")}`;
  return { reason: "DNSConfigForming", message };
}
