import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { positionOf } from "@kubenetsim/core/apiserver/source-position";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { Service } from "@kubenetsim/core/model/service";
import {
  clash,
  type HealthSocket,
  listenFailure,
  ownSockets,
  serviceSocket,
} from "@kubenetsim/proxy/healthcheck/health-sockets";
import { serviceHealths } from "@kubenetsim/proxy/healthcheck/service-health";
import type { LogLine } from "@kubenetsim/proxy/log/log-line";
import type { ProxyBasis } from "@kubenetsim/proxy/snapshot/proxy-basis";
import { takeSnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { DataPlane } from "../dataplane/data-plane.ts";
import { heldPorts } from "../dataplane/held-ports.ts";
import type { Warning } from "./warning.ts";

/** An event for each health check server of a Service that cannot listen, since a Pod on the node or kube-proxy itself has its port. */
export function healthCheckWarnings(plane: DataPlane, nodes: readonly string[], state: ClusterState): Warning[] {
  const services = state.tables.Service.values().filter(({ spec }) => spec.healthCheckNodePort);
  if (services.length === 0) return [];
  const held = heldPorts(state.tables.Pod.values());
  return nodes.flatMap((name) => {
    const config = plane.startOf(name)?.config;
    const node = config === undefined ? undefined : plane.proxyNode(name, plane.history.at(-1)!);
    if (config === undefined || node === undefined || config.mode === "userspace") return [];
    const others = [...ownSockets(config), ...[...(held.get(name) ?? [])].map(podSocket)];
    const ports = new Set(others.map(({ port }) => port));
    return services
      .filter(({ spec }) => ports.has(spec.healthCheckNodePort!))
      .flatMap((service) =>
        (["IPv4", "IPv6"] as const)
          .flatMap((family) => failures(service, { family, node, config }, others))
          .map((line) => eventWarning(state, service, line)),
      );
  });
}

function podSocket(port: number): HealthSocket {
  return { port, families: ["IPv4", "IPv6"], addresses: undefined };
}

function failures(service: Service, basis: ProxyBasis, others: readonly HealthSocket[]): LogLine[] {
  const snapshot = takeSnapshot({ ...basis, services: [service], endpointSlices: [] });
  return serviceHealths(snapshot).flatMap((health) => {
    const socket = serviceSocket(health, basis);
    const address = others.map((other) => clash(socket, other)).find((one) => one !== undefined);
    return address === undefined ? [] : [listenFailure(health, basis, address)];
  });
}

function eventWarning(state: ClusterState, service: Service, { event, text }: LogLine): Warning {
  const key = objectKey(service);
  const message = event === undefined ? text : `${event.type} ${event.reason}: ${event.note}`;
  return {
    message: `kube-proxy: Service ${key}: ${message}`,
    position: positionOf(state, "Service", key, ["spec", "healthCheckNodePort"]),
  };
}
