import { type AddressWords, parseAddressWords } from "@kubenetsim/core/net/address";
import { cidrContains, hostCidr, parseCidr } from "@kubenetsim/core/net/cidr";
import type { NginxSettings } from "../nginx-settings.ts";

/** Whether an address is one of these addresses and ranges. */
export function isInRanges(ranges: readonly string[], address: string): boolean {
  if (ranges.length === 0) return false;
  const words = parseAddressWords(address);
  return words !== undefined && ranges.some((range) => isIn(range, words));
}

function isIn(range: string, words: AddressWords): boolean {
  const single = parseAddressWords(range);
  const cidr = single === undefined ? parseCidr(range) : hostCidr(single);
  return cidr !== undefined && cidrContains(cidr, words);
}

/**
 * The client's address, `$remote_addr`: the TCP peer, or where forwarded headers are believed and the peer is trusted the last address of
 * X-Forwarded-For that is not trusted itself (ngx_http_realip_module with real_ip_recursive on). With the PROXY protocol it is the
 * address that its header names, and X-Forwarded-For only where that one is trusted as well.
 */
export function remoteAddress(
  settings: NginxSettings,
  peer: string,
  forwardedFor: string | undefined,
  proxied?: string,
): string {
  const { useForwardedHeaders, useProxyProtocol, enableRealIp, proxyRealIpCidr } = settings;
  const isBelieved = useForwardedHeaders && (proxied === undefined || isInRanges(proxyRealIpCidr, proxied));
  const told = useProxyProtocol && !isBelieved ? proxied : forwardedFor;
  if (!(useForwardedHeaders || useProxyProtocol || enableRealIp) || told === undefined) return peer;
  const addresses = told.split(",").map((address) => address.trim());
  let address = peer;
  while (isInRanges(proxyRealIpCidr, address)) {
    const next = addresses.pop();
    if (next === undefined || parseAddressWords(next) === undefined) return address;
    address = next;
  }
  return address;
}
