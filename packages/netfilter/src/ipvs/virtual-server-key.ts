import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { VirtualServer } from "../ruleset/virtual-server.ts";

/** What names a virtual server: `TCP 10.96.0.1:443`, or `FWM 7 IPv4`. */
export function virtualServerKey(server: VirtualServer): string {
  const family = server.address.includes(":") ? "IPv6" : "IPv4";
  if (server.fwmark !== undefined) return `FWM ${server.fwmark} ${family}`;
  return `${server.protocol} ${joinHostPort(server.address, server.port)}`;
}
