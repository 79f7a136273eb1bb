import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { HttpAnswer } from "@kubenetsim/proxy/healthcheck/http-answer";
import { askHealth } from "./health-servers.ts";
import { heldPorts } from "./held-ports.ts";
import type { NodePlane } from "./node-plane.ts";

/** What kube-proxy on a node answers to a health check; undefined where it does not listen, or a Pod holds the port. */
export function askNodeHealth(
  plane: NodePlane,
  { tables }: ClusterState,
  { port, path }: { readonly port: number; readonly path: string },
  nowMs: number,
): HttpAnswer | undefined {
  const { proxy } = plane.current();
  if (proxy === undefined || heldPorts(tables.Pod.values()).get(plane.name)?.has(port)) return undefined;
  return askHealth(proxy, port, { path, node: tables.Node.get(plane.name), nowMs });
}
