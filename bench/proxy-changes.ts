import { defaultKubeProxyConfig, type ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { printRestoreInput } from "@kubenetsim/proxy/iptables/print-restore-input";
import { syncIptables } from "@kubenetsim/proxy/iptables/sync-iptables";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { type Block, comparePairs, consume, cpuNs, type Measure } from "./harness.ts";
import { endpointChange, grownState, planeOver } from "./kubenetsim-build.ts";

const endpoints = 10;
const modes: readonly ProxyMode[] = ["iptables", "ipvs", "nftables"];
/** Enough of them that the clock of CPU time can tell. */
const changesAtOnce = 50;

/** One endpoint changed until all of a node's tables are current, both families: milliseconds of CPU. */
export function oneChange(mode: ProxyMode, services: number): Block {
  const state = grownState(services, endpoints);
  const plane = planeOver(state, mode);
  const { config } = plane.history[0]!;
  plane.node("n1").current();
  let shift = 0;
  return () =>
    cpuNs(1e6 * changesAtOnce, () => {
      for (let i = 0; i < changesAtOnce; i++) {
        plane.add({ state, changes: endpointChange(services / 2 + i, endpoints, ++shift), config });
        plane.node("n1").current();
      }
    });
}

/** A kube-proxy that starts: all tables of a node from the objects, both families. Milliseconds of CPU. */
export function fullRebuild(mode: ProxyMode, services: number): Block {
  const state = grownState(services, endpoints);
  return () => cpuNs(1e6, () => void planeOver(state, mode).node("n1").current());
}

/** The text that a kube-proxy feeds to iptables-restore when it starts, from what it knows: milliseconds of CPU. */
export function fullText(services: number): Block {
  const snapshot = benchSnapshot(services);
  return () => cpuNs(1e6, () => consume(printRestoreInput(syncIptables(undefined, snapshot)).length));
}

/** One endpoint changed, and the text for iptables-restore: milliseconds of CPU. */
export function partialText(services: number): Block {
  let program = syncIptables(undefined, benchSnapshot(services));
  let shift = 0;
  return () =>
    cpuNs(1e6 * changesAtOnce, () => {
      for (let i = 0; i < changesAtOnce; i++) {
        const snapshot = updateSnapshot(program.snapshot, endpointChange(services / 2 + i, endpoints, ++shift));
        program = syncIptables(program, snapshot);
        consume(printRestoreInput(program).length);
      }
    });
}

const node: ProxyNode = {
  name: "n1",
  nodeIPs: ["192.168.10.11" as ProxyNode["nodeIPs"][number]],
  addresses: [],
  zone: "",
  podCIDRs: [],
  nfacct: false,
};

function benchSnapshot(services: number): ProxySnapshot {
  const { Service, EndpointSlice } = grownState(services, endpoints).tables;
  const objects = { services: Service.values(), endpointSlices: EndpointSlice.values() };
  return takeSnapshot({ family: "IPv4", node, config: defaultKubeProxyConfig, ...objects });
}

export const changeMeasures: readonly Measure[] = modes.flatMap((mode) => [
  {
    id: mode === "iptables" ? "8" : `8-${mode}`,
    name: `${mode}: one endpoint changed until all tables are current, 10,000 Services × 10, against a full rebuild`,
    must: 1 / 300,
    aim: 1 / 2000,
    run: (measure: Measure) =>
      comparePairs(measure, { candidate: oneChange(mode, 10_000), reference: fullRebuild(mode, 10_000), unit: "ms" }),
  },
  {
    id: mode === "iptables" ? "9" : `9-${mode}`,
    name: `${mode}: the same change in 10,000 Services, against 1,000`,
    must: 2,
    aim: 1.3,
    run: (measure: Measure) =>
      comparePairs(measure, { candidate: oneChange(mode, 10_000), reference: oneChange(mode, 1000), unit: "ms" }),
  },
]);
