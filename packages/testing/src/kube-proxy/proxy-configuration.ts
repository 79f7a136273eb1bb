import * as fc from "fast-check";

/** A `KubeProxyConfiguration` of kubeproxy.config.k8s.io/v1alpha1, as a user writes it. */
export interface ProxyConfiguration {
  readonly apiVersion: "kubeproxy.config.k8s.io/v1alpha1";
  readonly kind: "KubeProxyConfiguration";
  readonly mode: string;
  readonly [field: string]: unknown;
}

/** A valid configuration over all fields that decide about rules of iptables or nftables mode, mostly their defaults. */
export function proxyConfiguration(mode: "iptables" | "nftables"): fc.Arbitrary<ProxyConfiguration> {
  return fc
    .record({
      detection: localDetection(),
      nodePortAddresses: nodePortAddresses(),
      masqueradeBit: seldom(fc.constantFrom(0, 1, 7, 15, 20, 31)),
      masqueradeAll: seldom(fc.boolean()),
      localhostNodePorts: seldom(fc.boolean()),
      bindAddress: seldom(fc.constantFrom("0.0.0.0", "::", "192.168.20.1", "fd00:20::1")),
      tcpBeLiberal: seldom(fc.boolean()),
      allowExternalIPs: seldom(fc.boolean()),
      localhostByGate: seldom(fc.boolean()),
      syncPeriod: seldom(fc.constantFrom("30s", "5s", "1m0s")),
    })
    .map((plan) => ({
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode,
      ...plan.detection,
      ...present({ nodePortAddresses: plan.nodePortAddresses, bindAddress: plan.bindAddress }),
      [mode]: present({
        masqueradeBit: plan.masqueradeBit,
        masqueradeAll: plan.masqueradeAll,
        syncPeriod: plan.syncPeriod,
        ...(mode === "iptables" ? { localhostNodePorts: plan.localhostNodePorts } : {}),
      }),
      ...(plan.tcpBeLiberal === undefined ? {} : { conntrack: { tcpBeLiberal: plan.tcpBeLiberal } }),
      featureGates: present({
        AllowServiceExternalIPs: plan.allowExternalIPs,
        KubeProxyNFTablesLocalhostNodePorts: mode === "nftables" ? plan.localhostByGate : undefined,
      }),
    }));
}

function localDetection(): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc.constantFrom<Readonly<Record<string, unknown>>>(
    { clusterCIDR: "10.244.0.0/16" },
    { clusterCIDR: "10.244.0.0/16,fd00:10:244::/56" },
    { clusterCIDR: "fd00:10:244::/56,10.244.0.0/16", detectLocalMode: "ClusterCIDR" },
    { clusterCIDR: "" },
    { detectLocalMode: "NodeCIDR" },
    { detectLocalMode: "BridgeInterface", detectLocal: { bridgeInterface: "cni0" } },
    { detectLocalMode: "InterfaceNamePrefix", detectLocal: { interfaceNamePrefix: "veth" } },
  );
}

function nodePortAddresses(): fc.Arbitrary<readonly string[] | undefined> {
  return seldom(
    fc.constantFrom<readonly string[]>(
      [],
      ["192.168.10.0/24"],
      ["192.168.0.0/16", "fd00:10::/64"],
      ["fd00::/16"],
      ["0.0.0.0/0"],
      ["::/0", "172.16.0.0/12"],
      ["primary"],
      ["localhost"],
      ["primary", "localhost"],
      ["all"],
      ["127.0.0.0/8", "192.168.20.1/32"],
      ["10.99.0.0/16"],
    ),
    2,
  );
}

/** The arbitrary's value once in a while, else undefined. */
function seldom<T>(value: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });
}

function present(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
