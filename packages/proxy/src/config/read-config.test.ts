import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { ParseError, StatusError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { defaultKubeProxyConfig } from "./kube-proxy-config.ts";
import { effectiveNodePortAddresses } from "./node-port-addresses.ts";
import { isKubeProxyConfig, readKubeProxyConfig, readKubeProxyConfigDocument } from "./read-config.ts";

const head = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
const document = (text: string) => readManifests(text, "config.yaml")[0]!;
const read = (rest: string) => readKubeProxyConfig(document(head + rest));

function refusal(rest: string): StatusError {
  try {
    read(rest);
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("KubeProxyConfiguration", () => {
  // upstream: apis/config/v1alpha1.TestDefaultsKubeProxyConfiguration, apis/config/scheme.TestDefaults
  it("has the defaults of v1alpha1", () => {
    expect(read("")).toEqual({ ...defaultKubeProxyConfig, clusterCIDRs: [], modeIsDefault: true });
    expect(effectiveNodePortAddresses(read("mode: nftables"))).toEqual(["primary"]);
  });

  it("reads what decides about rules", () => {
    const config = read(`mode: ipvs
clusterCIDR: 10.244.0.0/16,fd00:10:244::/56
detectLocalMode: InterfaceNamePrefix
detectLocal: { interfaceNamePrefix: veth }
iptables: { masqueradeBit: 20, masqueradeAll: true, localhostNodePorts: false, syncPeriod: 1m }
ipvs: { scheduler: wlc, strictARP: true, tcpTimeout: 15m0s }
conntrack: { tcpBeLiberal: true }
`);
    expect(config).toMatchObject({
      mode: "ipvs",
      clusterCIDRs: ["10.244.0.0/16", "fd00:10:244::/56"],
      detectLocalMode: "InterfaceNamePrefix",
      interfaceNamePrefix: "veth",
      syncPeriodSeconds: 30,
      iptables: { masqueradeBit: 20, masqueradeAll: true, localhostNodePorts: false },
      ipvs: { scheduler: "wlc", strictARP: true, tcpTimeoutSeconds: 900 },
      conntrack: { tcpBeLiberal: true },
    });
  });

  it.each([
    [
      "mode: userland",
      'KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "userland": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])',
    ],
    [
      "mode: ipvs\nfeatureGates: { KubeProxyIPVS: false }",
      'KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "ipvs": must be iptables, nftables or blank (blank means the best-available proxy [currently iptables])',
    ],
    [
      "iptables: { masqueradeBit: 32 }",
      "KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]",
    ],
    [
      "nodePortAddresses: [primary, primary]",
      'KubeProxyConfiguration.NodePortAddresses[1]: Duplicate value: "primary"',
    ],
    [
      "nodePortAddresses: [10.0.0.1]",
      "KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"10.0.0.1\": must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'",
    ],
    [
      "detectLocalMode: BridgeInterface",
      'KubeProxyConfiguration.DetectLocalConfiguration.InterfaceName: Invalid value: "": must not be empty',
    ],
    [
      "clusterCIDR: 10.0.0.0/8,10.1.0.0/16",
      'KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs: Invalid value: ["10.0.0.0/8","10.1.0.0/16"]: must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]',
    ],
    [
      "detectLocalMode: Magic",
      'KubeProxyConfiguration.DetectLocalMode: Unsupported value: "Magic": supported values: "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix", ""',
    ],
  ])("refuses %s in kube-proxy's words", (rest, message) => {
    expect(refusal(rest).message).toBe(message);
  });

  it("says where a refused field and a wrong type stand", () => {
    expect(refusal("mode: userland").position).toMatchObject({ source: "config.yaml", line: 3 });
    expect(() => read("iptables: { masqueradeBit: many }")).toThrow(ParseError);
    expect(() => read("ipvs: { tcpTimeout: soon }")).toThrow('time: invalid duration "soon"');
  });
});

describe("the ConfigMap kube-system/kube-proxy", () => {
  const configMap = (text: string) =>
    document(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kube-proxy, namespace: kube-system }\ndata:\n  config.conf: |\n${text.replace(/^/gm, "    ")}\n`,
    );

  it("holds a KubeProxyConfiguration", () => {
    const config = configMap(`${head}mode: ipvs`);
    expect(isKubeProxyConfig(config)).toBe(true);
    expect(readKubeProxyConfig(config).mode).toBe("ipvs");
  });

  it("is refused when it holds something else", () => {
    expect(() => readKubeProxyConfig(configMap("apiVersion: v1\nkind: Pod"))).toThrow('no kind "Pod" is registered');
  });

  it("is told from other ConfigMaps", () => {
    const other = document("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kube-proxy, namespace: default }\n");
    expect(isKubeProxyConfig(other)).toBe(false);
  });
});

describe("strict decoding", () => {
  const warnings = (rest: string) => readKubeProxyConfigDocument(document(head + rest)).warnings;

  it("warns of fields that kube-proxy does not know, with what was probably meant", () => {
    expect(warnings("mode: ipvs\nipvs:\n  schedular: sh\nzzz: 1\n")).toEqual([
      {
        message:
          'KubeProxyConfiguration: unknown field "ipvs.schedular": kube-proxy goes on without it; did you mean ipvs.scheduler?',
        position: { source: "config.yaml", line: 5, column: 3 },
      },
      {
        message: 'KubeProxyConfiguration: unknown field "zzz": kube-proxy goes on without it',
        position: { source: "config.yaml", line: 6, column: 1 },
      },
    ]);
    expect(warnings("toString: x\n")).toHaveLength(1);
  });

  it("takes every field of a kubeadm cluster's configuration", () => {
    const text = `bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection: {acceptContentTypes: "", burst: 0, contentType: "", kubeconfig: /var/lib/kube-proxy/kubeconfig.conf, qps: 0}
configSyncPeriod: 0s
conntrack: {maxPerCore: null, min: null, tcpBeLiberal: false, tcpCloseWaitTimeout: null, tcpEstablishedTimeout: null}
logging: {flushFrequency: 0, options: {json: {infoBufferSize: "0"}, text: {infoBufferSize: "0"}}, verbosity: 0}
oomScoreAdj: null
winkernel: {enableDSR: false, forwardHealthCheckVip: false, networkName: "", rootHnsEndpointName: "", sourceVip: ""}
`;
    expect(warnings(text)).toEqual([]);
  });

  it.each(["iptables: {syncPeriod: xyz}", "configSyncPeriod: 5", "conntrack: {min: a}", "winkernel: 3"])(
    "refuses %s, though it decides nothing",
    (rest) => {
      expect(() => read(rest)).toThrow(ParseError);
    },
  );
});
