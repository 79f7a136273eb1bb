import { lowerProtocol } from "@kubenetsim/core/net/protocol";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { base32 } from "../iptables/base32.ts";
import type { Endpoint } from "../snapshot/endpoint.ts";
import type { ServicePort } from "../snapshot/service-port.ts";

/** The chains of one Service port; all four names end alike (pkg/proxy/nftables/proxier.go, newServiceInfo). */
export interface NftChainNames {
  /** Endpoints of traffic policy Cluster. */
  readonly cluster: string;
  /** Endpoints of traffic policy Local. */
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
}

/** `service-ULMVA6XW-ns1/svc1/tcp/p80` and the others. */
export function nftChainNames(port: ServicePort): NftChainNames {
  const base = hashedName(portPath(port));
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
  };
}

/** Where one endpoint's session affinity is kept, and the chain that sends to it. */
export interface NftEndpointNames {
  readonly chain: string;
  readonly affinitySet: string;
}

/** `endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80`; the colons of an IPv6 address become dots. */
export function nftEndpointNames(port: ServicePort, endpoint: Endpoint): NftEndpointNames {
  const address = endpoint.address.replaceAll(":", ".");
  const base = hashedName(`${portPath(port)}__${address}/${endpoint.port}`);
  return { chain: `endpoint-${base}`, affinitySet: `affinity-${base}` };
}

/** Chains of Services have a slash in their names, kube-proxy's other ones have not. */
export function isServiceChainName(name: string): boolean {
  return name.includes("/");
}

export function isAffinitySetName(name: string): boolean {
  return name.startsWith("affinity-");
}

const longestBase = 240;
const longestComment = 128;

/** As nft's comments are cut: after 128 bytes. (Names of Services are ASCII.) */
export function nftComment(text: string): string {
  return text.slice(0, longestComment);
}

function portPath({ service, protocol, portName }: ServicePort): string {
  return `${service}/${lowerProtocol(protocol)}/${portName}`;
}

/** A hash keeps names apart that are cut, and makes similar ones easy to tell (hashAndTruncate). */
function hashedName(path: string): string {
  const name = `${base32(sha256(utf8ToBytes(path)), 8)}-${path}`;
  return name.length > longestBase ? `${name.slice(0, longestBase - 3)}...` : name;
}
