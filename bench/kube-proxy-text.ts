import { spawnSync } from "node:child_process";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { defaultKubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { restoreWords } from "@kubenetsim/proxy/iptables/restore-words";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { takeSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { comparePairs, cpuNs, type Measure } from "./harness.ts";
import { grownState } from "./kubenetsim-build.ts";

const services = 10_000;
const endpoints = 10;
/** A program around the real kube-proxy's iptables proxier that prints the CPU time of its syncs as JSON. */
const realProxy = "kube-proxy-peer";

const node: ProxyNode = {
  name: "n1",
  nodeIPs: ["192.168.10.11" as IpAddress],
  addresses: [{ address: "192.168.10.11" as IpAddress, prefix: 24 }],
  zone: "",
  podCIDRs: [],
  nfacct: false,
};

/** A full sync, from what kube-proxy knows to the text for iptables-restore: milliseconds of CPU. */
function ownSync(): () => number {
  const { Service, EndpointSlice } = grownState(services, endpoints).tables;
  const input = { services: Service.values(), endpointSlices: EndpointSlice.values() };
  const snapshot = takeSnapshot({ family: "IPv4", node, config: defaultKubeProxyConfig, ...input });
  let bytes = 0;
  return () =>
    cpuNs(1e6, () => {
      const { input: restore } = syncIptables(undefined, snapshot);
      const lines: string[] = [];
      for (const table of restore.tables) {
        lines.push(`*${table.name}`);
        for (const chain of table.chains) lines.push(`:${chain.name} - [0:0]`);
        for (const chain of table.chains) {
          for (const rule of chain.rules) lines.push(`-A ${chain.name} ${restoreWords(rule)}`);
        }
        lines.push("COMMIT");
      }
      bytes += lines.join("\n").length;
      if (bytes < 0) throw new Error("no text");
    });
}

function realSync(): number {
  const words = ["bench", "-services", String(services), "-endpoints", String(endpoints), "-runs", "1"];
  const { stdout } = spawnSync(realProxy, words, { encoding: "utf8" });
  return (JSON.parse(stdout) as { fullCpuMs: number[] }).fullCpuMs[0]!;
}

export const textMeasures: readonly Measure[] = [
  {
    id: "11",
    name: "full sync to iptables-restore text, 10,000 Services × 10 endpoints, against the real kube-proxy",
    must: 1,
    aim: 0.4,
    run: (measure) =>
      spawnSync(realProxy, ["bench", "-services", "1", "-endpoints", "1", "-runs", "1"]).status === 0
        ? comparePairs(measure, { candidate: ownSync(), reference: realSync, unit: "ms", pairs: 5 })
        : { skipped: `there is no ${realProxy} on the PATH` },
  },
];
