import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";
import { parseSloppyAddress } from "../snapshot/sloppy-address.ts";
import { parsePortRange } from "./proxy-ports.ts";

/** Why kube-proxy ends, in its words, and the field of its configuration that makes it so. */
export interface StartRefusal {
  readonly message: string;
  readonly field: "bindAddress" | "portRange";
}

/** What makes kube-proxy in userspace mode end before it has begun; undefined for nothing. */
export function startRefusal({ bindAddress, userspace }: KubeProxyConfig): StartRefusal | undefined {
  const address = parseSloppyAddress(bindAddress);
  if (address === "127.0.0.1" || address === "::1") {
    return { message: "unable to create proxier: cannot proxy on localhost", field: "bindAddress" };
  }
  try {
    parsePortRange(userspace.portRange);
    return undefined;
  } catch (error) {
    const range = JSON.stringify(userspace.portRange);
    return { message: `couldn't parse port range ${range}: ${(error as Error).message}`, field: "portRange" };
  }
}
