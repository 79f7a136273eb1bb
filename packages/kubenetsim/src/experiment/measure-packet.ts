import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { ObjectTable } from "@kubenetsim/core/apiserver/store/object-table";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Cost } from "@kubenetsim/core/trace/cost";
import type { Host } from "@kubenetsim/network/topology/host";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import type { Request } from "@kubenetsim/network/walk/request";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { BalancerPool } from "../cloud/balancer-pool.ts";
import { balancing } from "../cloud/balancing.ts";
import { DataPlane } from "../dataplane/data-plane.ts";
import { Network } from "../dataplane/network.ts";
import { outsideClient } from "./fresh-site.ts";
import { clientKey, lastNode, targetOf } from "./made-cluster.ts";
import type { Measured } from "./measures.ts";
import type { Parameters } from "./parameters.ts";
import type { Setting } from "./setting.ts";

/** Sends the packet of a cell, and counts what it costs on its way there. */
export function measurePacket(setting: Setting): PacketMeasured {
  const { tracer, request } = sender(setting);
  const first = tracer.trace(request);
  const traced = setting.cell.parameters.connection === "new" ? first : tracer.trace(request);
  const { received, sent, disposition } = traced;
  const { cost } = traced.request;
  return {
    cost,
    measured: {
      ...cost,
      delivered: disposition === "delivered" ? 1 : 0,
      ...(received === undefined ? {} : { sourceKept: received.source === sent.source ? 1 : 0 }),
    },
  };
}

export interface PacketMeasured {
  readonly cost: Cost;
  readonly measured: Measured;
}

export interface Sender {
  readonly plane: DataPlane;
  readonly tracer: Tracer;
  readonly topology: Topology;
  readonly request: Request;
}

/** The network of a cell, and the packet that is to go through it. */
export function sender(setting: Setting): Sender {
  const { cell, site, state, config } = setting;
  const { parameters, seed } = cell;
  const plane = freshPlane(state, config, seed);
  const network = Network.of(networkState(state, parameters), plane, {
    random: seededRandom(seed).fork("network"),
    seed,
    cni: "bridge",
    clients: site.clients,
    balancing: balancing(new BalancerPool(plane, () => 0)),
  });
  const tracer = network.tracer(plane);
  const { topology } = tracer.walker;
  const request: Request = {
    from: senderOf(topology, setting),
    protocol: site.port.protocol,
    ...targetOf(parameters, site),
  };
  return { plane, tracer, topology, request };
}

/** kube-proxies that have synced, and kernels that no packet has seen; they are copied, so that what was sent before does not tell. */
function freshPlane(state: ClusterState, config: KubeProxyConfig, seed: string): DataPlane {
  const options = { random: seededRandom(seed), clock: virtualClock(), cni: "bridge" } as const;
  const key = JSON.stringify([config, seed]);
  if (synced.get(state)?.key !== key) {
    const plane = new DataPlane({ ...options, random: seededRandom(seed) });
    plane.add({ state, changes: [], config });
    for (const node of state.tables.Node.values()) plane.node(node.metadata.name).current();
    synced.set(state, { key, plane });
  }
  return synced.get(state)!.plane.fork(options);
}

/** The last ones of a cluster. */
const synced = new WeakMap<ClusterState, { readonly key: string; readonly plane: DataPlane }>();

/** All endpoints have their Pods: only load balancers look for them in what may be tens of thousands of slices. */
function networkState(state: ClusterState, { type }: Parameters): ClusterState {
  if (type === "LoadBalancer") return state;
  return { ...state, tables: { ...state.tables, EndpointSlice: ObjectTable.of<EndpointSlice>([]) } };
}

function senderOf(topology: Topology, { cell: { parameters }, site }: Setting): Host {
  const { from } = parameters;
  if (from === "pod") return topology.pods.get(clientKey(site))!;
  if (from === "outside") return topology.clients.get(outsideClient.name)!;
  return topology.nodes.get(from === "node" ? site.client.node : lastNode(parameters))!;
}
