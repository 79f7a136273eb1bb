import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import { type ProxySnapshot, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import { type FamilyProgram, families, syncProgram } from "./family-program.ts";
import type { Settled } from "./object-history.ts";

/** What one node's kube-proxy knows and has written, for each family. A value: the next sync gives a new one. */
export interface NodeProxy {
  readonly node: ProxyNode;
  readonly config: KubeProxyConfig;
  readonly snapshots: readonly ProxySnapshot[];
  readonly programs: readonly FamilyProgram[];
}

/** A kube-proxy that has just started and sees these objects. */
export function startProxy(node: ProxyNode, { state, config }: Settled): NodeProxy {
  const services = state.tables.Service.values();
  const endpointSlices = state.tables.EndpointSlice.values();
  const serviceCIDRs = state.tables.ServiceCIDR.values();
  const snapshots = families.map((family) =>
    takeSnapshot({ family, node, config, services, endpointSlices, serviceCIDRs }),
  );
  const programs = snapshots.map((snapshot) => syncProgram(undefined, snapshot, config));
  return { node, config, snapshots, programs };
}

/** The same kube-proxy after one more settled time; itself when nothing of it concerned it. */
export function syncProxy(proxy: NodeProxy, changes: readonly Change[]): NodeProxy {
  const snapshots = proxy.snapshots.map((snapshot) => updateSnapshot(snapshot, changes));
  const programs = proxy.programs.map((program, i) =>
    snapshots[i] === proxy.snapshots[i] ? program : syncProgram(program, snapshots[i]!, proxy.config),
  );
  return programs.every((program, i) => program === proxy.programs[i]) ? proxy : { ...proxy, snapshots, programs };
}
