import { familyOf, type IpAddress, type IpFamily, parseAddress } from "@kubenetsim/core/net/address";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { ProxyBasis } from "@kubenetsim/proxy/snapshot/proxy-basis";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { IptablesCommand } from "@kubenetsim/proxy/userspace/iptables-command";
import { removePortalChains } from "@kubenetsim/proxy/userspace/portal-chains";
import { isAnyAddress } from "@kubenetsim/proxy/userspace/portal-rules";
import { parsePortRange } from "@kubenetsim/proxy/userspace/proxy-ports";
import { type UserspaceOptions, UserspaceProxier } from "@kubenetsim/proxy/userspace/userspace-proxier";
import type { NodeKernel } from "../node-kernel.ts";
import type { Backend, Proxier } from "./backend.ts";
import { forgetUdp } from "./forget-udp.ts";

/** pkg/proxy/userspace of Kubernetes 1.25: of one family only, and of v1 Endpoints in place of slices. */
export const userspaceBackend: Backend = {
  mode: "userspace",
  removes: [],
  texts: [],
  start(snapshot, node, _, { tables }) {
    const { family } = snapshot.basis;
    if (family !== primaryFamily(snapshot.basis)) return idle(snapshot);
    const proxier = new UserspaceProxier(userspaceOptions(snapshot.basis), node.random.fork("kube-proxy"), node.clock);
    node.userspace = proxier;
    runIptables(node, family, (iptables) => {
      proxier.start(iptables, tables.Service.values(), tables.Endpoints.values());
    });
    return listening(snapshot);
  },
  cleanUp(node) {
    for (const family of ["IPv4", "IPv6"] as const) runIptables(node, family, removePortalChains);
    return [];
  },
};

/** The proxier itself is in the node's state: what changes there with each packet cannot be a value. */
function listening(snapshot: ProxySnapshot): Proxier {
  const proxier: Proxier = {
    snapshot,
    // Nothing of its Node but the addresses concerns it, and for those kube-proxy starts again.
    sync: () => proxier,
    hear(changes, node) {
      if (!changes.some(({ kind }) => kind === "Service" || kind === "Endpoints")) return proxier;
      const { family } = snapshot.basis;
      runIptables(node, family, (iptables) => {
        const stale = node.userspace?.change(iptables, changes) ?? [];
        forgetUdp(node.kernel.conntrack(family).table, stale, node.clock.nowMs);
      });
      return listening(snapshot);
    },
  };
  return proxier;
}

/** The other family has no proxier. */
function idle(snapshot: ProxySnapshot): Proxier {
  const proxier: Proxier = { snapshot, sync: () => proxier, hear: () => proxier };
  return proxier;
}

function runIptables({ kernel }: NodeKernel, family: IpFamily, run: (iptables: IptablesCommand) => void): void {
  const iptables = new IptablesCommand((table, chain) => kernel.chain(family, table, chain));
  run(iptables);
  const tables = iptables.changes();
  if (tables.length > 0) kernel.restore({ family, tables });
}

/** That of the bind address if it is one address, else of the node's first. */
function primaryFamily({ node, config }: ProxyBasis): IpFamily {
  const address = isAnyAddress(config.bindAddress) ? node.nodeIPs[0] : parseAddress(config.bindAddress);
  return address === undefined ? "IPv4" : familyOf(address);
}

/** What a kube-proxy of this node and configuration works with. */
export function userspaceOptions({ family, node, config }: ProxyBasis): UserspaceOptions {
  return {
    family,
    proxy: { listenIP: listenIP(config), hostIP: hostIP(node) },
    localAddresses: [...node.addresses.map(({ address }) => address), "127.0.0.1" as IpAddress, "::1" as IpAddress],
    portRange: parsePortRange(config.userspace.portRange),
    udpIdleMs: config.userspace.udpIdleTimeoutMs,
  };
}

function listenIP({ bindAddress }: KubeProxyConfig): IpAddress {
  return parseAddress(bindAddress) ?? ("0.0.0.0" as IpAddress);
}

/** The address of the device with the default route, IPv4 before IPv6 (utilnet.ChooseHostInterface). */
function hostIP({ nodeIPs, addresses }: ProxyNode): IpAddress {
  const all = [...nodeIPs, ...addresses.map(({ address }) => address)];
  return all.find((address) => familyOf(address) === "IPv4") ?? all[0] ?? ("127.0.0.1" as IpAddress);
}
