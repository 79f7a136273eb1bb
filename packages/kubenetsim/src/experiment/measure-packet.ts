import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { ObjectTable } from "@kubenetsim/core/apiserver/store/object-table";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { toNumber } from "@kubenetsim/network/shares/ratio";
import { shares } from "@kubenetsim/network/shares/shares";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import type { Request } from "@kubenetsim/network/walk/request";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { BalancerPool } from "../cloud/balancer-pool.ts";
import { balancing } from "../cloud/balancing.ts";
import { DataPlane } from "../dataplane/data-plane.ts";
import { Network } from "../dataplane/network.ts";
import type { Cell } from "./experiment.ts";
import { clientKey, nodeName, servicePort, targetAddress } from "./made-cluster.ts";
import type { Measured } from "./measures.ts";

/** Sends the packet of a cell from a Pod on the node, and counts what it costs on its way there. */
export function measurePacket(cell: Cell, state: ClusterState, config: KubeProxyConfig): Measured {
  const { tracer, request } = sender(cell, state, config);
  const first = tracer.trace(request);
  const traced = cell.parameters.connection === "new" ? first : tracer.trace(request);
  const { received, sent } = traced;
  return {
    ...traced.request.cost,
    ...(received === undefined ? {} : { sourceKept: received.source === sent.source ? 1 : 0 }),
  };
}

/** The exact odds of a new connection. In ipvs and userspace mode the next choice is no chance: there is nothing to tell. */
export function measureShares(cell: Cell, state: ClusterState, config: KubeProxyConfig): Measured {
  if (config.mode === "ipvs" || config.mode === "userspace") return {};
  const { topology, plane, request } = sender(cell, state, config);
  const kernels = new Map([[nodeName, plane.node(nodeName)]]);
  const odds = shares(topology, kernels, request)
    .filter(({ disposition }) => disposition === "delivered")
    .map(({ chance }) => toNumber(chance));
  if (odds.length === 0) return { endpointsChosen: 0 };
  return { smallestShare: Math.min(...odds), largestShare: Math.max(...odds), endpointsChosen: odds.length };
}

interface Sender {
  readonly plane: DataPlane;
  readonly tracer: Tracer;
  readonly topology: Topology;
  readonly request: Request;
}

function sender({ parameters, seed }: Cell, state: ClusterState, config: KubeProxyConfig): Sender {
  const plane = new DataPlane({ random: seededRandom(seed), clock: virtualClock(), cni: "bridge" });
  plane.add({ state, changes: [], config });
  // All endpoints have their Pods: the network need not look for them in tens of thousands of slices.
  const tables = { ...state.tables, EndpointSlice: ObjectTable.of<EndpointSlice>([]) };
  const network = Network.of({ ...state, tables }, plane, {
    random: seededRandom(seed).fork("network"),
    seed,
    cni: "bridge",
    clients: undefined,
    balancing: balancing(new BalancerPool(plane, () => 0)),
  });
  const tracer = network.tracer(plane);
  const { topology } = tracer.walker;
  const from = topology.pods.get(clientKey)!;
  const destination = targetAddress(parameters);
  return { plane, tracer, topology, request: { from, protocol: "UDP", destination, destinationPort: servicePort } };
}
