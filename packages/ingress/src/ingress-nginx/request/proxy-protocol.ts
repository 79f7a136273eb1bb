import { headerOf } from "../../http/http-headers.ts";
import type { HttpRequest } from "../../http/http-message.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { isInRanges } from "./address-ranges.ts";

/** How nginx ends a connection whose first bytes are not what its socket expects. */
export interface BrokenStart {
  /** 444 for one that is closed without an answer. */
  readonly status: 400 | 444;
  readonly text: string;
}

/** `listen … proxy_protocol` takes nothing without its header; any other socket takes the header for a bad request line. */
export function brokenStart({ useProxyProtocol }: NginxSettings, { proxied }: HttpRequest): BrokenStart | undefined {
  if (useProxyProtocol && proxied === undefined) {
    return { status: 444, text: "broken header while reading PROXY protocol: the connection is closed" };
  }
  if (useProxyProtocol || proxied === undefined) return undefined;
  return { status: 400, text: "400: a header of the PROXY protocol where none is expected (use-proxy-protocol)" };
}

/** `$proxy_protocol_server_port`: the port that the client had asked; undefined where nginx's own port counts. */
export function proxiedPort({ useProxyProtocol }: NginxSettings, { proxied }: HttpRequest): string | undefined {
  return useProxyProtocol && proxied !== undefined ? String(proxied.destinationPort) : undefined;
}

/**
 * The headers of a request with the one that tells endpoints of the client (the template's `more_set_input_headers`); an empty one
 * takes the client's away.
 */
export function withProxiedHeader(
  settings: NginxSettings,
  { proxied }: HttpRequest,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { useForwardedHeaders, useProxyProtocol, proxyRealIpCidr, forwardedForHeader } = settings;
  if (!(useForwardedHeaders && useProxyProtocol) || proxied === undefined) return headers;
  const isTrusted = isInRanges(proxyRealIpCidr, proxied.source);
  const value = isTrusted ? (headerOf(headers, forwardedForHeader.toLowerCase()) ?? "") : proxied.source;
  const { [settings.forwardedForProxyProtocolHeader.toLowerCase()]: _, ...others } = headers;
  return value === "" ? others : { ...others, [settings.forwardedForProxyProtocolHeader.toLowerCase()]: value };
}

/** The address of the last hop, for a whole X-Forwarded-For: `$proxy_protocol_addr`, else `$realip_remote_addr`. */
export function lastHop({ useProxyProtocol }: NginxSettings, { proxied, clientAddress }: HttpRequest): string {
  return useProxyProtocol && proxied !== undefined ? proxied.source : clientAddress;
}
