import { lowerProtocol } from "@kubenetsim/core/net/protocol";
import type { Endpoint } from "../snapshot/endpoint.ts";
import type { ServicePort } from "../snapshot/service-port.ts";
import { textHash } from "./text-hash.ts";

/** The chains of one Service port; all four names end in the same hash (pkg/proxy/iptables/proxier.go). */
export interface ServiceChainNames {
  /** Endpoints of traffic policy Cluster. */
  readonly cluster: string;
  /** Endpoints of traffic policy Local. */
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
}

export function serviceChainNames(port: ServicePort): ServiceChainNames {
  const hash = chainHash(`${port.name}${lowerProtocol(port.protocol)}`);
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  };
}

export function endpointChainName(port: ServicePort, endpoint: Endpoint): string {
  return chainHash(`${port.name}${lowerProtocol(port.protocol)}${endpoint.text}`, "KUBE-SEP-");
}

/** The first 16 characters of the base32 text of the SHA-256 of `text`, behind a prefix. */
export function chainHash(text: string, prefix = ""): string {
  return textHash(text, 16, prefix);
}

const prefixes = ["KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-"];

/** Is it a chain of one Service or endpoint? kube-proxy deletes those in the nat table that it has no use for. */
export function isServiceChainName(name: string): boolean {
  return prefixes.some((prefix) => name.startsWith(prefix));
}
