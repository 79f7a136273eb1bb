import type { IpFamily } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { IptablesProgram } from "@kubenetsim/proxy/iptables/iptables-program";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import { type IpvsProgram, syncIpvs } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";

/** What one family's kube-proxy has written on one node, by mode. */
export type FamilyProgram =
  | { readonly mode: "iptables"; readonly program: IptablesProgram }
  | { readonly mode: "ipvs"; readonly program: IpvsProgram };

/** Both families have a proxier of their own, whether or not the node has addresses of both. */
export const families: readonly IpFamily[] = ["IPv4", "IPv6"];

/**
 * One sync in the configured mode; without `previous`, the first of a kube-proxy that has just started.
 *
 * @throws UnsupportedError for a mode that is not modelled.
 */
export function syncProgram(
  previous: FamilyProgram | undefined,
  snapshot: ProxySnapshot,
  config: KubeProxyConfig,
): FamilyProgram {
  switch (config.mode) {
    case "iptables":
      return {
        mode: "iptables",
        program: syncIptables(previous?.mode === "iptables" ? previous.program : undefined, snapshot),
      };
    case "ipvs":
      return { mode: "ipvs", program: syncIpvs(previous?.mode === "ipvs" ? previous.program : undefined, snapshot) };
    default:
      throw new UnsupportedError(`proxy mode "${config.mode}"`, "kube-proxy configuration, mode");
  }
}
