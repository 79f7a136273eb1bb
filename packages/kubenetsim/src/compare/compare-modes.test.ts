import { ParseError } from "@kubenetsim/core/runtime/errors";
import { defaultKubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { expect, test } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import { packetMeasures } from "../experiment/measures.ts";
import { defaultParameters } from "../experiment/parameters.ts";
import { runCell } from "../experiment/run-cell.ts";
import { compareModes } from "./compare-modes.ts";

const options = { config: defaultKubeProxyConfig, seed: "s" };

function clusterOf(...documents: readonly object[]): Cluster {
  const lab = Cluster.create();
  lab.apply(documents.map((document) => JSON.stringify(document)).join("\n"));
  lab.settle();
  return lab;
}

function nodeWith(podCIDR: string, address: string) {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "of-six" },
    spec: { podCIDR },
    status: { addresses: [{ type: "InternalIP", address }] },
  };
}

test("a cluster without Services of its own is compared as experiments measure", () => {
  const { state } = Cluster.create({ nodes: ["n1"] });
  for (const [i, services] of [700, 3].entries()) {
    const row = compareModes(state, [700, 3], { ...options, withUserspace: true })[i]!;
    for (const mode of ["iptables", "ipvs", "nftables", "userspace"] as const) {
      const cell = { index: 0, seed: "s", parameters: { ...defaultParameters, mode, services } };
      expect(row[mode]).toEqual(runCell(cell, packetMeasures).measured);
    }
  }
});

test("a cluster of IPv6 is compared by packets of IPv6", () => {
  const range = { apiVersion: "networking.k8s.io/v1", kind: "ServiceCIDR", metadata: { name: "kubernetes" } };
  const { state } = clusterOf(
    { ...range, spec: { cidrs: ["fd00:10:96::/112"] } },
    nodeWith("fd00:10:244::/64", "fd00::1"),
  );
  const [one, hundred] = compareModes(state, [1, 100], options);
  expect(hundred!.iptables.rulesCompared - one!.iptables.rulesCompared).toBe(99);
  expect(hundred!.nftables).toEqual(one!.nftables);
  expect(one!.ipvs.serversExamined).toBe(1);
});

test("kube-proxy's configuration holds but for the mode", () => {
  const { state } = Cluster.create({ nodes: ["n1"] });
  const iptables = { ...defaultKubeProxyConfig.iptables, masqueradeAll: true };
  const [plain] = compareModes(state, [1], options);
  const [masqueraded] = compareModes(state, [1], { ...options, config: { ...options.config, mode: "ipvs", iptables } });
  expect([plain!.iptables.natBindings, masqueraded!.iptables.natBindings]).toEqual([1, 2]);
  expect(masqueraded!.nftables).toEqual(plain!.nftables);
});

test("refuses more Services than the cluster's range has addresses for, and a cluster without a node to stand on", () => {
  const range = { apiVersion: "networking.k8s.io/v1", kind: "ServiceCIDR", metadata: { name: "kubernetes" } };
  const small = clusterOf({ ...range, spec: { cidrs: ["10.96.0.0/28"] } }, nodeWith("10.244.0.0/24", "192.168.10.11"));
  expect(compareModes(small.state, [13], options)).toHaveLength(1);
  expect(() => compareModes(small.state, [14], options)).toThrow(ParseError);
  expect(() => compareModes(small.state, [14], options)).toThrow("has room for 13 more Services only");
  expect(() => compareModes(Cluster.create().state, [1], options)).toThrow("needs a Node with a podCIDR");
});
