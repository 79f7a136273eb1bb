import type { IpFamily } from "@kubenetsim/core/net/address";
import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";
import type { ProxyNode } from "./proxy-node.ts";

/** What stays the same while Services come and go. A new one makes every rule be written anew. */
export interface ProxyBasis {
  readonly family: IpFamily;
  readonly node: ProxyNode;
  readonly config: KubeProxyConfig;
}
