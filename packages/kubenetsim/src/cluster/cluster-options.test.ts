import { ParseError, StatusError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { Cluster } from "./cluster.ts";
import type { ClusterOptions } from "./cluster-options.ts";

const create = (options: unknown) => (): Cluster => Cluster.create(options as ClusterOptions);

describe("options of a cluster", () => {
  it.each([
    [null, /are an object, not null/],
    [5, /are an object, not 5/],
    [{ nodes: 5 }, /^nodes: must be a list/],
    [{ nodes: [null] }, /^nodes: must be a list/],
    [{ nodes: "n1" }, /^nodes: must be a list/],
    [{ seed: 5 }, /^seed: must be a string/],
    [{ cni: "foo" }, /^cni: must be bridge or ptp, not "foo"/],
    [{ ingressControllers: {} }, /^ingressControllers: must be a list/],
    [{ ingressControllers: [{ name: "x" }] }, /^ingressControllers: must be a list/],
    [{ http: "x" }, /^http: must be an object/],
    [{ http: { anwser: () => undefined } }, /^http has no "anwser"/],
    [{ http: { answer: 200 } }, /^http\.answer: must be a function/],
    [{ kubeProxy: 5 }, /^kubeProxy: must be an object/],
    [{ kubeProxy: null }, /^kubeProxy: must be an object/],
    [{ kubeProxy: { iptables: 5 } }, /^kubeProxy\.iptables: must be an object/],
    [{ kubeProxy: { clusterCIDR: "10.0.0.0/8" } }, /^kubeProxy: unknown field "clusterCIDR"/],
    [{ kubeProxy: { clusterCIDRs: "10.0.0.0/8" } }, /^kubeProxy\.clusterCIDRs: must be a list of strings/],
    [{ kubeProxy: { iptables: { masqueradeBit: "1" } } }, /^kubeProxy\.iptables\.masqueradeBit: must be a number/],
    [
      { kubeProxy: { iptables: { masqueradeBit: 1.5 } } },
      /cannot unmarshal number 1\.5 into .*iptables\.masqueradeBit of type int32/,
    ],
    [
      { kubeProxy: { featureGates: { KubeProxyIPVS: 1 } } },
      /^kubeProxy\.featureGates\.KubeProxyIPVS: must be a boolean/,
    ],
    [{ kubeProxy: { featureGates: { Foo: true } } }, /unrecognized feature gate: Foo/],
  ])("are refused when they cannot be: %j", (options, message) => {
    expect(create(options)).toThrow(ParseError);
    expect(create(options)).toThrow(message);
  });

  it.each([
    [
      { iptables: { masqueradeBit: 99 } },
      "KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 99: must be within the range [0, 31]",
    ],
    [
      { iptables: { masqueradeBit: -1 } },
      "KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: -1: must be within the range [0, 31]",
    ],
    [
      { nodePortAddresses: ["zz"] },
      "KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: \"zz\": must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'",
    ],
    [
      { clusterCIDRs: ["zz"] },
      'KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[0]: Invalid value: "zz": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)',
    ],
    [
      { conntrack: { udpTimeoutSeconds: -5 } },
      'KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.UDPTimeout: Invalid value: "-5s": must be greater than or equal to 0',
    ],
  ])("are refused in kube-proxy's words where it would refuse them: %j", (kubeProxy, message) => {
    for (const proxyMode of ["iptables", "ipvs", "nftables", "userspace"] as const) {
      expect(create({ kubeProxy, proxyMode })).toThrow(StatusError);
      expect(create({ kubeProxy, proxyMode })).toThrow(message);
    }
  });

  it("keep the defaults of what is left out", () => {
    const { iptables, nftables } = Cluster.create({ kubeProxy: { iptables: { masqueradeAll: true } } }).proxyConfig;
    expect(iptables).toEqual({ ...nftables, masqueradeAll: true, localhostNodePorts: true });
  });
});

describe("delete", () => {
  it("refuses what is no kind or no key", () => {
    const one = Cluster.create({ nodes: ["n1"] });
    expect(() => one.delete("Service", { namespace: "default", name: "kubernetes" } as never)).toThrow(ParseError);
    expect(() => one.delete("Service", undefined as never)).toThrow(/an object's key is a text/);
    expect(() => one.delete("Servic" as never, "default/kubernetes")).toThrow(/there is no kind "Servic"/);
    expect(() => one.delete("Service", "default/none")).toThrow(StatusError);
  });

  it.each(["Servic", "toString", undefined, 5])("so do get and list: %j", (kind) => {
    const one = Cluster.create();
    for (const ask of [() => one.get(kind as never, "default/web"), () => one.list(kind as never)]) {
      expect(ask).toThrow(ParseError);
      expect(ask).toThrow(`there is no kind "${kind}"`);
    }
    expect(() => one.list("Planet" as never)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("Pod, ") }),
    );
    expect(() => one.get("Service", undefined as never)).toThrow(/an object's key is a text/);
  });

  it.each(["nt", 5, null, {}])("and iptablesSave of what is no table: %j", (table) => {
    const one = Cluster.create({ nodes: ["n1"] });
    one.settle();
    expect(() => one.node("n1").iptablesSave(table as never)).toThrow(ParseError);
  });
});
