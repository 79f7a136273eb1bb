import { spawnSync } from "node:child_process";
import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { KubeProxyConfig } from "@kubenetsim/proxy";
import { lastValues, type RandomCase } from "./random-case.ts";

/** What the real kube-proxy answered: `iptables-save` after the objects and after the changes, or why not. */
export interface PeerAnswer {
  readonly id: string;
  readonly error?: string;
  readonly dumps: readonly { readonly "iptables-save": string }[] | null;
}

/** Runs the real kube-proxy on cases; each in a network namespace of its own, so this needs root. */
export function askPeer(program: string, cases: readonly RandomCase[]): readonly PeerAnswer[] {
  const input = cases.map((one) => `${JSON.stringify(peerCase(one))}\n`).join("");
  const run = spawnSync(program, ["rules"], { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (run.error !== undefined) throw run.error;
  const lines = run.stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as PeerAnswer);
}

function peerCase({ id, before, changes, node, config }: RandomCase): unknown {
  return {
    id,
    mode: "iptables",
    node: {
      name: node.name,
      primaryIPs: node.nodeIPs,
      addresses: node.addresses.map(({ address, prefix }) => `${address}/${prefix}`),
      topologyLabels: node.zone === "" ? {} : { "topology.kubernetes.io/zone": node.zone },
    },
    config: peerConfig(config),
    services: before.tables.Service.values(),
    endpointSlices: slicesForProxies(before),
    steps: [peerStep(changes)],
  };
}

function peerConfig(config: KubeProxyConfig): unknown {
  const values = {
    ClusterCIDR: config.clusterCIDRs,
    NodeCIDR: [],
    BridgeInterface: [config.bridgeInterface],
    InterfaceNamePrefix: [config.interfaceNamePrefix],
  };
  return {
    detectLocal: config.detectLocalMode,
    detectLocalValues: values[config.detectLocalMode],
    masqueradeAll: config.iptables.masqueradeAll,
    masqueradeBit: config.iptables.masqueradeBit,
    localhostNodePorts: config.iptables.localhostNodePorts,
    nodePortAddresses: config.nodePortAddresses,
    serviceCIDRs: ["10.96.0.0/12"],
  };
}

function peerStep(changes: readonly Change[]): unknown {
  const services = [...lastValues(changes, "Service")];
  const slices = [...lastValues(changes, "EndpointSlice")];
  return {
    services: services.flatMap(([, after]) => after ?? []),
    endpointSlices: slices.flatMap(([, after]) => after ?? []),
    delete: [
      ...services.filter(([, after]) => after === undefined).map(([key]) => `Service/${key}`),
      ...slices.filter(([, after]) => after === undefined).map(([key]) => `EndpointSlice/${key}`),
    ],
  };
}

/** kube-proxy's own watch leaves slices of headless Services out; the peer takes what it is given. */
function slicesForProxies(state: ClusterState): unknown[] {
  return state.tables.EndpointSlice.values().filter(
    ({ metadata }) => metadata.labels?.["service.kubernetes.io/headless"] === undefined,
  );
}
