import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import { addToAddress, formatAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { defaultKubeProxyConfig, type ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import { newNodes } from "kubenetsim/cluster/new-node";
import { DataPlane } from "kubenetsim/dataplane/data-plane";
import { comparePairs, type Measure, type Result } from "./harness.ts";

const serviceBase = [(10 << 24) | (100 << 16)];
const endpointBase = [(10 << 24) | (244 << 16)];
/** From here on no Service has an endpoint at first. */
const spareAddresses = 1 << 20;

function serviceObject(i: number): Service {
  const clusterIP = formatAddress(addToAddress(serviceBase, i));
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `service-${i}`, namespace: "default" },
    spec: {
      type: "ClusterIP",
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ["IPv4"],
      ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
    },
  };
}

function sliceObject(i: number, endpoints: number, replaced = 0): EndpointSlice {
  const address = (e: number): number =>
    replaced > 0 && e === endpoints - 1 ? spareAddresses + replaced : i * endpoints + e;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `service-${i}-x`,
      namespace: "default",
      labels: { "kubernetes.io/service-name": `service-${i}` },
    },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: Array.from({ length: endpoints }, (_, e) => ({
      addresses: [formatAddress(addToAddress(endpointBase, address(e)))],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: e === 0 ? "n1" : "n2",
    })),
  };
}

/** Service number `i` and its slice. */
export function newService(i: number, endpoints: number): readonly [Service, EndpointSlice] {
  return [serviceObject(i), sliceObject(i, endpoints)];
}

/** A settled state with Services and their slices, as the API server would hold them. */
export function grownState(services: number, endpoints: number): ClusterState {
  let state = emptyState();
  for (const node of newNodes(["n1", "n2"])) state = putObject(state, node).state;
  const { Service, EndpointSlice } = state.tables;
  const numbers = Array.from({ length: services }, (_, i) => i);
  const tables = {
    ...state.tables,
    Service: Service.putAll(numbers.map(serviceObject)),
    EndpointSlice: EndpointSlice.putAll(numbers.map((i) => sliceObject(i, endpoints))),
  };
  return { ...state, tables };
}

/** A node's kube-proxy and kernel over a state; `node("n1").current()` computes them. */
export function planeOver(state: ClusterState, mode: ProxyMode): DataPlane {
  const plane = new DataPlane({ random: seededRandom("bench"), clock: virtualClock(), cni: "bridge" });
  plane.add({ state, changes: [], config: { ...defaultKubeProxyConfig, mode } });
  return plane;
}

/** One endpoint of a Service, on another node, replaced by another: by that of this number, from 1. */
export function endpointChange(i: number, endpoints: number, replaced: number): Change[] {
  const before = sliceObject(i, endpoints);
  return [
    {
      revision: 0,
      kind: "EndpointSlice",
      key: `default/service-${i}-x`,
      before,
      after: sliceObject(i, endpoints, replaced),
    },
  ];
}

function cpuMs(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

/** Both modes' rule sets of one node for 10,000 Services of 10 endpoints, against a budget of three seconds. */
function measureBuild(measure: Measure): Result {
  const state = grownState(10_000, 10);
  const build = (): number =>
    cpuMs(() => {
      planeOver(state, "iptables").node("n1").current();
      planeOver(state, "ipvs").node("n1").current();
    });
  return comparePairs(measure, { candidate: build, reference: () => 3000, unit: "ms", pairs: 3 });
}

/** Heap that both modes' rule sets take, against 600 MB. */
function measureHeap(measure: Measure): Result {
  const state = grownState(10_000, 10);
  const kept: unknown[] = [];
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const build = (): number => {
    kept.length = 0;
    const before = heap();
    for (const mode of ["iptables", "ipvs"] as const) {
      const plane = planeOver(state, mode);
      const { kernel } = plane.node("n1").current();
      kept.push(plane, kernel, kernel.ruleset("IPv4"));
    }
    return heap() - before;
  };
  return comparePairs(measure, { candidate: build, reference: () => 600, unit: "MB", pairs: 2 });
}

export const buildMeasures: readonly Measure[] = [
  {
    id: "build-time",
    name: "10,000 Services × 10 endpoints into both modes' rules",
    must: 1,
    aim: 0.5,
    run: measureBuild,
  },
  { id: "build-heap", name: "what these rules take of the heap", must: 1, aim: 0.5, run: measureHeap },
];
