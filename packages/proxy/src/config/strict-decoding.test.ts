import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { readKubeProxyConfigDocument } from "./read-config.ts";

const head = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
const read = (rest: string) => readKubeProxyConfigDocument(readManifests(head + rest, "config.yaml")[0]!);

/** What kube-proxy 1.37.2's own decoder answered to these. */
const refused: readonly (readonly [string, string])[] = [
  [
    "featureGates: []",
    "json: cannot unmarshal array into Go struct field KubeProxyConfiguration.featureGates of type map[string]bool",
  ],
  [
    "clientConnection: {qps: zz}",
    "json: cannot unmarshal string into Go struct field ClientConnectionConfiguration.clientConnection.qps of type float32",
  ],
  ['iptables: {syncPeriod: "99999999999h"}', 'time: invalid duration "99999999999h"'],
  ["mode: ipvs\nipvs: {tcpTimeout: 999999999h}", 'time: invalid duration "999999999h"'],
  [
    "logging: {verbosity: -1}",
    "json: cannot unmarshal number -1 into Go struct field LoggingConfiguration.logging.verbosity of type v1.VerbosityLevel",
  ],
  [
    "clientConnection: 5",
    "json: cannot unmarshal number into Go struct field KubeProxyConfiguration.clientConnection of type v1alpha1.ClientConnectionConfiguration",
  ],
  [
    "winkernel: []",
    "json: cannot unmarshal array into Go struct field KubeProxyConfiguration.winkernel of type v1alpha1.KubeProxyWinkernelConfiguration",
  ],
  [
    "logging: 3",
    "json: cannot unmarshal number into Go struct field KubeProxyConfiguration.logging of type v1.LoggingConfiguration",
  ],
  [
    'enableProfiling: "x"',
    "json: cannot unmarshal string into Go struct field KubeProxyConfiguration.enableProfiling of type bool",
  ],
  [
    "clientConnection: {kubeconfig: 5}",
    "json: cannot unmarshal number into Go struct field ClientConnectionConfiguration.clientConnection.kubeconfig of type string",
  ],
  [
    "clientConnection: {burst: zz}",
    "json: cannot unmarshal string into Go struct field ClientConnectionConfiguration.clientConnection.burst of type int32",
  ],
  ["configSyncPeriod: 99999999h", 'time: invalid duration "99999999h"'],
  [
    'featureGates: {KubeProxyIPVS: "no"}',
    "json: cannot unmarshal string into Go struct field KubeProxyConfiguration.featureGates of type bool",
  ],
  [
    'conntrack: {tcpBeLiberal: "x"}',
    "json: cannot unmarshal string into Go struct field KubeProxyConntrackConfiguration.conntrack.tcpBeLiberal of type bool",
  ],
  [
    "logging: {options: 5}",
    "json: cannot unmarshal number into Go struct field LoggingConfiguration.logging.options of type v1.FormatOptions",
  ],
  [
    'winkernel: {enableDSR: "x"}',
    "json: cannot unmarshal string into Go struct field KubeProxyWinkernelConfiguration.winkernel.enableDSR of type bool",
  ],
  [
    "metricsBindAddress: 5",
    "json: cannot unmarshal number into Go struct field KubeProxyConfiguration.metricsBindAddress of type string",
  ],
  [
    "winkernel: {rootHnsEndpointName: 5}",
    "json: cannot unmarshal number into Go struct field KubeProxyWinkernelConfiguration.winkernel.rootHnsEndpointName of type string",
  ],
  ["iptables: {syncPeriod: null}", 'time: invalid duration ""'],
  [
    "iptables: {syncPeriod: 5}",
    "json: cannot unmarshal number into Go struct field KubeProxyIPTablesConfiguration.iptables.syncPeriod of type string",
  ],
  ["iptables: {syncPeriod: 1x}", 'time: unknown unit "x" in duration "1x"'],
  ['iptables: {syncPeriod: "30"}', 'time: missing unit in duration "30"'],
  ['iptables: {syncPeriod: "x"}', 'time: invalid duration "x"'],
  ['iptables: {syncPeriod: "2562047h47m16.854775808s"}', 'time: invalid duration "2562047h47m16.854775808s"'],
  ['logging: {flushFrequency: ""}', 'time: invalid duration ""'],
  [
    "logging: {flushFrequency: 1.5}",
    'invalid duration "1.5": json: cannot unmarshal number 1.5 into Go value of type time.Duration',
  ],
  [
    "logging: {flushFrequency: true}",
    'invalid duration "true": json: cannot unmarshal bool into Go value of type time.Duration',
  ],
  [
    "logging: {flushFrequency: 99999999999999999999}",
    'invalid duration "100000000000000000000": json: cannot unmarshal number 100000000000000000000 into Go value of type time.Duration',
  ],
  [
    "logging: {flushFrequency: [1]}",
    'invalid duration "[1]": json: cannot unmarshal array into Go value of type time.Duration',
  ],
  ['logging: {flushFrequency: "zz"}', 'time: invalid duration "zz"'],
  [
    "logging: {verbosity: 4294967296}",
    "json: cannot unmarshal number 4294967296 into Go struct field LoggingConfiguration.logging.verbosity of type v1.VerbosityLevel",
  ],
  [
    "logging: {verbosity: 2.5}",
    "json: cannot unmarshal number 2.5 into Go struct field LoggingConfiguration.logging.verbosity of type v1.VerbosityLevel",
  ],
  [
    'logging: {verbosity: "2"}',
    "json: cannot unmarshal string into Go struct field LoggingConfiguration.logging.verbosity of type v1.VerbosityLevel",
  ],
  [
    "logging: {vmodule: {}}",
    "json: cannot unmarshal object into Go struct field LoggingConfiguration.logging.vmodule of type v1.VModuleConfiguration",
  ],
  [
    "logging: {vmodule: [5]}",
    "json: cannot unmarshal number into Go struct field LoggingConfiguration.logging.vmodule of type v1.VModuleItem",
  ],
  [
    "logging: {vmodule: [{filePattern: 5}]}",
    "json: cannot unmarshal number into Go struct field VModuleItem.logging.vmodule.filePattern of type string",
  ],
  [
    "logging: {vmodule: [{filePattern: a, verbosity: -1}]}",
    "json: cannot unmarshal number -1 into Go struct field VModuleItem.logging.vmodule.verbosity of type v1.VerbosityLevel",
  ],
  [
    "logging: {options: {text: {infoBufferSize: zz}}}",
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    "logging: {options: {text: {infoBufferSize: []}}}",
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    "logging: {options: {text: {infoBufferSize: true}}}",
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    'logging: {options: {text: {infoBufferSize: ""}}}',
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    'clientConnection: {qps: "5"}',
    "json: cannot unmarshal string into Go struct field ClientConnectionConfiguration.clientConnection.qps of type float32",
  ],
  [
    "clientConnection: {qps: 1e39}",
    "json: cannot unmarshal number 1e+39 into Go struct field ClientConnectionConfiguration.clientConnection.qps of type float32",
  ],
  [
    "clientConnection: {qps: true}",
    "json: cannot unmarshal bool into Go struct field ClientConnectionConfiguration.clientConnection.qps of type float32",
  ],
  [
    "clientConnection: {burst: 2147483648}",
    "json: cannot unmarshal number 2147483648 into Go struct field ClientConnectionConfiguration.clientConnection.burst of type int32",
  ],
  [
    "featureGates: 5",
    "json: cannot unmarshal number into Go struct field KubeProxyConfiguration.featureGates of type map[string]bool",
  ],
  [
    "iptables: []",
    "json: cannot unmarshal array into Go struct field KubeProxyConfiguration.iptables of type v1alpha1.KubeProxyIPTablesConfiguration",
  ],
  [
    "mode: 5",
    "json: cannot unmarshal number into Go struct field KubeProxyConfiguration.mode of type v1alpha1.ProxyMode",
  ],
  [
    "nodePortAddresses: primary",
    "json: cannot unmarshal string into Go struct field KubeProxyConfiguration.nodePortAddresses of type []string",
  ],
  [
    "nodePortAddresses: [5]",
    "json: cannot unmarshal number into Go struct field KubeProxyConfiguration.nodePortAddresses of type string",
  ],
  [
    'conntrack: {maxPerCore: "x"}',
    "json: cannot unmarshal string into Go struct field KubeProxyConntrackConfiguration.conntrack.maxPerCore of type int32",
  ],
];

const accepted: readonly string[] = [
  "logging: {flushFrequency: null}",
  "logging: {flushFrequency: 9007199254740993}",
  "logging: {options: {text: {infoBufferSize: null}}}",
  "clientConnection: {qps: 1.5, burst: 1e3}",
  "featureGates: {AllAlpha: null}",
  "iptables: null",
  "nodePortAddresses: null",
];

describe("a value of another type than its field", () => {
  it.each(refused)("%j is refused in the decoder's words", (rest, message) => {
    let problem: unknown;
    try {
      read(rest);
    } catch (thrown) {
      problem = thrown;
    }
    expect(problem).toBeInstanceOf(ParseError);
    const { message: said, position } = problem as ParseError;
    expect(said).toBe(message);
    expect(position).toMatchObject({ source: "config.yaml", line: rest.startsWith("mode: ipvs\n") ? 4 : 3 });
  });

  it.each(accepted)("%j is none", (rest) => {
    expect(read(rest).warnings).toEqual([]);
  });

  it("is told with where it stands and what was expected", () => {
    expect(() => read("logging:\n  vmodule:\n  - {filePattern: a, verbosity: -1}\n")).toThrow(
      expect.objectContaining({
        position: { source: "config.yaml", line: 5, column: 22 },
        hint: "expected an integer from 0 on",
      }),
    );
  });

  it("may be in a field that kube-proxy does not know", () => {
    const [warning] = read("logging: {vmodule: [{filePattern: a, verbositi: 1}]}").warnings;
    expect(warning!.message).toBe(
      'KubeProxyConfiguration: unknown field "logging.vmodule[0].verbositi": kube-proxy goes on without it; did you mean logging.vmodule[0].verbosity?',
    );
  });
});
