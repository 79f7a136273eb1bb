import { formatAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import type { NginxSettings } from "../nginx-settings.ts";
import { isInRanges } from "./address-ranges.ts";

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
  return forwardedAddress(peer, told, proxyRealIpCidr);
}

/** src/http/ngx_http_core_module.c `ngx_http_get_forwarded_addr`: from the right, as long as addresses are trusted and can be read. */
function forwardedAddress(peer: string, told: string, trusted: readonly string[]): string {
  let address = peer;
  let rest = told;
  while (rest !== "" && isInRanges(trusted, address)) {
    const start = startOfLast(rest);
    const next = addressOf(rest.slice(start).replace(/[ ,]+$/, ""));
    if (next === undefined) break;
    address = next;
    rest = start === 0 ? "" : rest.slice(0, start - 1);
  }
  return address;
}

/** Where the last address of a list begins; spaces part them as commas do, but not in front of the first. */
function startOfLast(list: string): number {
  let at = list.length - 1;
  while (at > 0 && isBetween(list, at)) at--;
  while (at > 0 && !isBetween(list, at)) at--;
  return at > 0 ? at + 1 : 0;
}

function isBetween(list: string, at: number): boolean {
  return list[at] === " " || list[at] === ",";
}

/** `ngx_parse_addr_port`: an address, with a port or without; zeros may stand before a number of IPv4. */
function addressOf(text: string): string | undefined {
  const withPort = /^(?:\[([^\]]*)\]|([^[:]*)):(\d+)$/.exec(text);
  const port = Number(withPort?.[3] ?? 1);
  if (port < 1 || port > 65_535) return undefined;
  const plain = withPort?.[1] ?? withPort?.[2] ?? text;
  const words = parseAddressWords(plain.includes(":") ? plain : plain.replace(/(^|\.)0+(?=\d)/g, "$1"));
  return words && formatAddress(words);
}
