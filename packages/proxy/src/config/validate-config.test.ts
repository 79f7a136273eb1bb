import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { ParseError, StatusError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { readKubeProxyConfig } from "./read-config.ts";

const head = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
const read = (rest: string) => readKubeProxyConfig(readManifests(head + rest, "config.yaml")[0]!);

/** What kube-proxy 1.37.2's own validation (and its feature gates) answered to these, run on them. */
const refused: readonly (readonly [string, string])[] = [
  [
    "mode: userland",
    'KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "userland": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])',
  ],
  [
    "mode: ipvs\nfeatureGates: {KubeProxyIPVS: false}",
    'KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "ipvs": must be iptables, nftables or blank (blank means the best-available proxy [currently iptables])',
  ],
  ["featureGates: {Nope: true}", "unrecognized feature gate: Nope"],
  [
    "featureGates: {NFTablesProxyMode: false}",
    "cannot set feature gate NFTablesProxyMode to false, feature is locked to true",
  ],
  [
    "featureGates: {WorkloadWithJob: true}",
    "WorkloadWithJob is enabled, but depends on features that are disabled: [GenericWorkload]",
  ],
  [
    "featureGates: {AllAlpha: true}",
    "[CompositePodGroup is enabled, but depends on features that are disabled: [GenericWorkload], PodGroupPreemptionPolicy is enabled, but depends on features that are disabled: [GenericWorkload], TopologyAwareWorkloadScheduling is enabled, but depends on features that are disabled: [GenericWorkload], WorkloadWithJob is enabled, but depends on features that are disabled: [GenericWorkload]]",
  ],
  [
    "iptables: {masqueradeBit: 32}",
    "KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]",
  ],
  [
    "iptables: {masqueradeBit: -1}",
    "KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: -1: must be within the range [0, 31]",
  ],
  [
    "mode: nftables\nnftables: {masqueradeBit: 99}",
    "KubeProxyConfiguration.KubeProxyNFTablesConfiguration.MasqueradeBit: Invalid value: 99: must be within the range [0, 31]",
  ],
  [
    "iptables: {syncPeriod: -1s}",
    '[KubeProxyConfiguration.SyncPeriod: Invalid value: "-1s": must be greater than 0, KubeProxyConfiguration.SyncPeriod: Invalid value: "1s": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod]',
  ],
  [
    "iptables: {minSyncPeriod: -2s}",
    'KubeProxyConfiguration.MinSyncPeriod: Invalid value: "-2s": must be greater than or equal to 0',
  ],
  [
    "iptables: {minSyncPeriod: 1m}",
    'KubeProxyConfiguration.SyncPeriod: Invalid value: "1m0s": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod',
  ],
  [
    "iptables: {syncPeriod: 500ms}",
    'KubeProxyConfiguration.SyncPeriod: Invalid value: "1s": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod',
  ],
  [
    "mode: ipvs\nipvs: {syncPeriod: -1h}",
    '[KubeProxyConfiguration.SyncPeriod: Invalid value: "-1h0m0s": must be greater than 0, KubeProxyConfiguration.SyncPeriod: Invalid value: "0s": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod]',
  ],
  [
    "mode: ipvs\nipvs: {minSyncPeriod: 2m}",
    'KubeProxyConfiguration.SyncPeriod: Invalid value: "2m0s": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod',
  ],
  [
    "mode: nftables\nnftables: {syncPeriod: -90s}",
    '[KubeProxyConfiguration.SyncPeriod: Invalid value: "-1m30s": must be greater than 0, KubeProxyConfiguration.SyncPeriod: Invalid value: "1s": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod]',
  ],
  [
    "mode: ipvs\nipvs: {tcpTimeout: -1s, tcpFinTimeout: -90s, udpTimeout: -1500ms}",
    '[KubeProxyConfiguration.KubeProxyIPVSConfiguration.TCPTimeout: Invalid value: "-1s": must be greater than or equal to 0, KubeProxyConfiguration.KubeProxyIPVSConfiguration.TCPFinTimeout: Invalid value: "-1m30s": must be greater than or equal to 0, KubeProxyConfiguration.KubeProxyIPVSConfiguration.UDPTimeout: Invalid value: "-1.5s": must be greater than or equal to 0]',
  ],
  [
    "mode: ipvs\nipvs: {excludeCIDRs: [10.0.0.0, 10.0.0.0/8, zz]}",
    '[KubeProxyConfiguration.KubeProxyIPVSConfiguration.ExcludeCidrs[0]: Invalid value: "10.0.0.0": must be a valid CIDR, KubeProxyConfiguration.KubeProxyIPVSConfiguration.ExcludeCidrs[2]: Invalid value: "zz": must be a valid CIDR]',
  ],
  [
    "conntrack: {maxPerCore: -1, min: -2}",
    "[KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.MaxPerCore: Invalid value: -1: must be greater than or equal to 0, KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.Min: Invalid value: -2: must be greater than or equal to 0]",
  ],
  [
    "conntrack: {tcpEstablishedTimeout: -1s, tcpCloseWaitTimeout: -1h30m, udpTimeout: -1us, udpStreamTimeout: -1ns}",
    '[KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.TCPEstablishedTimeout: Invalid value: "-1s": must be greater than or equal to 0, KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.TCPCloseWaitTimeout: Invalid value: "-1h30m0s": must be greater than or equal to 0, KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.UDPTimeout: Invalid value: "-1µs": must be greater than or equal to 0, KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.UDPStreamTimeout: Invalid value: "-1ns": must be greater than or equal to 0]',
  ],
  [
    "oomScoreAdj: 1001",
    "KubeProxyConfiguration.KubeProxyLinuxConfiguration.OOMScoreAdj: Invalid value: 1001: must be within the range [-1000, 1000]",
  ],
  [
    "oomScoreAdj: -1001",
    "KubeProxyConfiguration.KubeProxyLinuxConfiguration.OOMScoreAdj: Invalid value: -1001: must be within the range [-1000, 1000]",
  ],
  [
    "clientConnection: {burst: -1}",
    "KubeProxyConfiguration.ClientConnection.Burst: Invalid value: -1: must be greater than or equal to 0",
  ],
  ["configSyncPeriod: -1s", 'KubeProxyConfiguration.ConfigSyncPeriod: Invalid value: "-1s": must be greater than 0'],
  [
    "bindAddress: zz",
    'KubeProxyConfiguration.BindAddress: Invalid value: "zz": not a valid textual representation of an IP address',
  ],
  ["healthzBindAddress: zz", 'KubeProxyConfiguration.HealthzBindAddress: Invalid value: "zz": must be IP:port'],
  [
    "healthzBindAddress: '0.0.0.0:0'",
    'KubeProxyConfiguration.HealthzBindAddress: Invalid value: "0": must be a valid port',
  ],
  [
    "healthzBindAddress: '0.0.0.0:70000'",
    'KubeProxyConfiguration.HealthzBindAddress: Invalid value: "70000": must be a valid port',
  ],
  [
    "healthzBindAddress: 'a:b'",
    '[KubeProxyConfiguration.HealthzBindAddress: Invalid value: "a": must be a valid IP, KubeProxyConfiguration.HealthzBindAddress: Invalid value: "b": must be a valid port]',
  ],
  [
    "healthzBindAddress: 1.2.3.4:5:6",
    'KubeProxyConfiguration.HealthzBindAddress: Invalid value: "1.2.3.4:5:6": must be IP:port',
  ],
  ["metricsBindAddress: zz", 'KubeProxyConfiguration.MetricsBindAddress: Invalid value: "zz": must be IP:port'],
  [
    "metricsBindAddress: '127.0.0.1:99999'",
    'KubeProxyConfiguration.MetricsBindAddress: Invalid value: "99999": must be a valid port',
  ],
  ["metricsBindAddress: ':10249'", 'KubeProxyConfiguration.MetricsBindAddress: Invalid value: "": must be a valid IP'],
  ["nodePortAddresses: [primary, primary]", 'KubeProxyConfiguration.NodePortAddresses[1]: Duplicate value: "primary"'],
  [
    "nodePortAddresses: [10.0.0.1]",
    "KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"10.0.0.1\": must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'",
  ],
  ["nodePortAddresses: [all, localhost, all]", 'KubeProxyConfiguration.NodePortAddresses[2]: Duplicate value: "all"'],
  [
    "nodePortAddresses: ['']",
    "KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"\": must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'",
  ],
  [
    "showHiddenMetricsForVersion: '1.0'",
    'KubeProxyConfiguration.ShowHiddenMetricsForVersion: Invalid value: "1.0": invalid showHiddenMetricsForVersion: showHiddenMetricsForVersion: Invalid value: "1.0": must be omitted or have the value \'1.36\'; only the previous minor version is allowed',
  ],
  [
    "showHiddenMetricsForVersion: zz",
    'KubeProxyConfiguration.ShowHiddenMetricsForVersion: Invalid value: "zz": invalid showHiddenMetricsForVersion: showHiddenMetricsForVersion: Invalid value: "zz": must be omitted or have the value \'1.36\'; only the previous minor version is allowed',
  ],
  [
    "detectLocalMode: Magic",
    'KubeProxyConfiguration.DetectLocalMode: Unsupported value: "Magic": supported values: "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix", ""',
  ],
  [
    "detectLocalMode: BridgeInterface",
    'KubeProxyConfiguration.DetectLocalConfiguration.InterfaceName: Invalid value: "": must not be empty',
  ],
  [
    "detectLocalMode: InterfaceNamePrefix",
    'KubeProxyConfiguration.DetectLocalConfiguration.InterfacePrefix: Invalid value: "": must not be empty',
  ],
  [
    "clusterCIDR: 10.0.0.0/8,10.1.0.0/16",
    'KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs: Invalid value: ["10.0.0.0/8","10.1.0.0/16"]: must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]',
  ],
  [
    "clusterCIDR: zz",
    'KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[0]: Invalid value: "zz": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)',
  ],
  [
    "clusterCIDR: 10.0.0.0/8,fd00::/64,10.1.0.0/16",
    'KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs: Invalid value: ["10.0.0.0/8","fd00::/64","10.1.0.0/16"]: must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]',
  ],
  [
    "clusterCIDR: '10.0.0.0/8,zz'",
    'KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[1]: Invalid value: "zz": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)',
  ],
  [
    "clusterCIDR: ','",
    '[KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[0]: Invalid value: "": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48), KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[1]: Invalid value: "": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)]',
  ],
  ["logging: {format: xml}", 'KubeProxyConfiguration.logging.format: Invalid value: "xml": Unsupported log format'],
  [
    "logging: {flushFrequency: -5}",
    "KubeProxyConfiguration.logging.flushFrequency: Invalid value: -5: Must be greater than zero",
  ],
  [
    'logging: {flushFrequency: "-1s"}',
    'KubeProxyConfiguration.logging.flushFrequency: Invalid value: "-1s": Must be greater than zero',
  ],
  [
    "logging: {verbosity: 2147483648}",
    "KubeProxyConfiguration.logging.verbosity: Invalid value: 2147483648: Must be <= 2147483647",
  ],
  [
    'logging: {vmodule: [{filePattern: "a,b", verbosity: 1}]}',
    'KubeProxyConfiguration.logging.vmodule[0]: Invalid value: "a,b": File pattern must not contain equal sign or comma',
  ],
  [
    "logging: {vmodule: [{filePattern: a, verbosity: 4000000000}]}",
    "KubeProxyConfiguration.logging.vmodule[0]: Invalid value: 4000000000: Must be <= 2147483647",
  ],
  [
    "logging: {format: json, vmodule: [{filePattern: a, verbosity: 1}]}",
    "KubeProxyConfiguration.logging.vmodule: Forbidden: Only supported for text log format",
  ],
  [
    "logging: {options: {json: {infoBufferSize: 5Ki}}}",
    "KubeProxyConfiguration.logging.options.json.infoBufferSize: Forbidden: Feature LoggingAlphaOptions is disabled",
  ],
  [
    "nodePortAddresses: [null]",
    "KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"\": must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'",
  ],
  [
    "featureGates: {LoggingBetaOptions: false}\nlogging: {format: json}",
    "KubeProxyConfiguration.logging.format: Forbidden: Log format json is disabled, see LoggingBetaOptions feature",
  ],
  [
    "featureGates: {AllBeta: false}\nlogging: {format: json}",
    "KubeProxyConfiguration.logging.format: Forbidden: Log format json is disabled, see LoggingBetaOptions feature",
  ],
  [
    "logging: {vmodule: [{filePattern: '', verbosity: 1}]}",
    "KubeProxyConfiguration.logging.vmodule[0]: Required value: File pattern must not be empty",
  ],
  [
    "logging: {options: {text: {splitStream: true}}}",
    "KubeProxyConfiguration.logging.options.text.splitStream: Forbidden: Feature LoggingAlphaOptions is disabled",
  ],
  [
    "iptables: {masqueradeBit: 32}\nbindAddress: zz",
    '[KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31], KubeProxyConfiguration.BindAddress: Invalid value: "zz": not a valid textual representation of an IP address]',
  ],
  [
    "mode: kernelspace",
    'KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "kernelspace": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])',
  ],
  [
    "nodePortAddresses: [10.0.0.0/8, zz/8]",
    "KubeProxyConfiguration.NodePortAddresses[1]: Invalid value: \"zz/8\": must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'",
  ],
];

const accepted: readonly string[] = [
  "",
  "nftables: {masqueradeBit: 99}",
  "ipvs: {tcpTimeout: -1s}",
  "bindAddress: ''",
  "bindAddress: '::'",
  "bindAddress: 010.0.0.1",
  "healthzBindAddress: 0.0.0.0",
  "healthzBindAddress: '::1'",
  "healthzBindAddress: '[::1]:80'",
  "showHiddenMetricsForVersion: '1.36'",
  "clusterCIDR: zz\ndetectLocalMode: NodeCIDR",
  "mode: ipvs\nipvs: {scheduler: zzz}",
  "windowsRunAsService: true",
  "winkernel: {sourceVip: zz}",
  "hostnameOverride: 'A b'",
  "portRange: zz",
  "conntrack: {tcpEstablishedTimeout: null}",
  "clientConnection: {qps: -5}",
  "logging: {options: {text: {infoBufferSize: 0}}}",
  "featureGates: {LoggingAlphaOptions: true}\nlogging: {options: {text: {infoBufferSize: 5, splitStream: true}}}",
  "logging: {format: json}",
  "featureGates: {AllAlpha: true, GenericWorkload: true}\nlogging: {options: {text: {splitStream: true}}}",
  "featureGates: {AllBeta: false, LoggingBetaOptions: true}\nlogging: {format: json}",
  "featureGates: {ContextualLogging: false, LoggingBetaOptions: true}",
  "iptables: {syncPeriod: 0s}",
];

// upstream: apis/config/validation.TestValidateKubeProxyConfiguration,
// apis/config/validation.TestValidateKubeProxyIPTablesConfiguration,
// apis/config/validation.TestValidateKubeProxyIPVSConfiguration,
// apis/config/validation.TestValidateKubeProxyLinuxConfiguration, apis/config/validation.TestValidateProxyMode,
// apis/config/validation.TestValidateClientConnectionConfiguration, apis/config/validation.TestValidateHostPort,
// apis/config/validation.TestValidateKubeProxyNodePortAddress,
// apis/config/validation.TestValidateKubeProxyExcludeCIDRs,
// apis/config/validation.TestValidateDetectLocalConfiguration,
// apis/config/validation.TestValidateDualStackCIDRStrings
describe("validation of a KubeProxyConfiguration", () => {
  it.each(refused)("refuses %j in kube-proxy's words", (rest, message) => {
    let problem: unknown;
    try {
      read(rest);
    } catch (thrown) {
      problem = thrown;
    }
    expect(problem).toBeInstanceOf(/feature gate|features that are disabled/.test(message) ? ParseError : StatusError);
    expect((problem as StatusError).message).toBe(message);
    expect((problem as StatusError).position).toMatchObject({ source: "config.yaml", line: expect.any(Number) });
  });

  it.each(accepted)("takes %j", (rest) => {
    expect(() => read(rest)).not.toThrow();
  });

  it.each(["iptables: {masqueradeBit: 3000000000}", "oomScoreAdj: 1.5", "iptables: {syncPeriod: soon}", "mode: 3"])(
    "cannot read %j, as kube-proxy cannot",
    (rest) => {
      expect(() => read(rest)).toThrow(ParseError);
    },
  );
});
