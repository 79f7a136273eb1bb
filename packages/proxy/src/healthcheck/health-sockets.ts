import {
  type AddressWords,
  familyOf,
  formatAddress,
  type IpAddress,
  type IpFamily,
} from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { splitHostPort } from "../config/host-port.ts";
import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";
import { nodePortAddresses } from "../config/node-port-addresses.ts";
import { error, type LogLine } from "../log/log-line.ts";
import type { ProxyBasis } from "../snapshot/proxy-basis.ts";
import { parseSloppyAddress } from "../snapshot/sloppy-address.ts";
import type { ServiceHealth } from "./service-health.ts";

/** Where one of kube-proxy's HTTP servers listens for TCP: on all addresses of these families, or on some addresses. */
export interface HealthSocket {
  readonly port: number;
  readonly families: readonly IpFamily[];
  /** Undefined for all of the families. */
  readonly addresses: readonly IpAddress[] | undefined;
}

/** A Service's health check server: on all addresses, or on those at which node ports are served (newServiceHealthServer). */
export function serviceSocket({ port }: ServiceHealth, { config, node, family }: ProxyBasis): HealthSocket {
  const { matchAll, addresses } = nodePortAddresses(config, node, family);
  return { port, families: [family], addresses: matchAll ? undefined : addresses };
}

/** Of `healthzBindAddress` or `metricsBindAddress`. */
export function boundSocket(text: string): HealthSocket {
  const { host = "", port = "" } = splitHostPort(text) ?? {};
  if (host === "::") return { port: Number(port), families: ["IPv4", "IPv6"], addresses: undefined };
  const address = parseSloppyAddress(host);
  const families = [address === undefined ? "IPv4" : familyOf(address)];
  const isAny = address === undefined || address === "0.0.0.0";
  return { port: Number(port), families, addresses: isAny ? undefined : [address] };
}

/** Those on which kube-proxy itself is asked; they listen before any Service's. */
export function ownSockets({ healthzBindAddress, metricsBindAddress }: KubeProxyConfig): HealthSocket[] {
  return [boundSocket(healthzBindAddress), boundSocket(metricsBindAddress)];
}

/** Does what comes to an address go to the socket? */
export function listensOn({ families, addresses }: HealthSocket, address: AddressWords): boolean {
  if (!families.includes(address.length === 1 ? "IPv4" : "IPv6")) return false;
  return addresses === undefined || addresses.includes(formatAddress(address));
}

/** The first address on which a socket cannot listen beside another one, `0.0.0.0` or `::` for all. */
export function clash(socket: HealthSocket, other: HealthSocket): string | undefined {
  const family = socket.families.find((one) => other.families.includes(one));
  if (family === undefined || socket.port !== other.port) return undefined;
  if (socket.addresses === undefined) return family === "IPv4" ? "0.0.0.0" : "::";
  const theirs = other.addresses;
  return theirs === undefined ? socket.addresses[0] : socket.addresses.find((address) => theirs.includes(address));
}

/** What kube-proxy logs, and records as an event about the Service, when its health check server cannot listen (SyncServices). */
export function listenFailure(
  { namespace, name, port }: ServiceHealth,
  { node, family }: ProxyBasis,
  address: string,
): LogLine {
  const service = `${namespace}/${name}`;
  const network = family === "IPv4" ? "tcp4" : "tcp6";
  const err = `listen ${network} ${joinHostPort(address, port)}: bind: address already in use`;
  const note = `node ${node.name} failed to start healthcheck ${JSON.stringify(service)} on port ${port}: ${err}`;
  const event = { type: "Warning", reason: "FailedToStartServiceHealthcheck", action: "Listen", note } as const;
  return error("Failed to start healthcheck", { err, node: node.name, service, port }, event);
}
