import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";
import { parseSloppyAddress } from "../snapshot/sloppy-address.ts";
import { parsePortRange } from "./proxy-ports.ts";

/** What makes kube-proxy in userspace mode end before it has begun, in its words; undefined for nothing. */
export function startRefusal({ bindAddress, userspace }: KubeProxyConfig): string | undefined {
  const address = parseSloppyAddress(bindAddress);
  if (address === "127.0.0.1" || address === "::1") return "unable to create proxier: cannot proxy on localhost";
  try {
    parsePortRange(userspace.portRange);
    return undefined;
  } catch (error) {
    return `couldn't parse port range ${JSON.stringify(userspace.portRange)}: ${(error as Error).message}`;
  }
}
