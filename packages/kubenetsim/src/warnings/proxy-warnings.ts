import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { positionOf } from "@kubenetsim/core/apiserver/source-position";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { LogLine } from "@kubenetsim/proxy/log/log-line";
import { type ObjectLine, serviceLog, sliceLog } from "@kubenetsim/proxy/log/object-log";
import { startLog } from "@kubenetsim/proxy/log/start-log";
import { isPortNumber } from "@kubenetsim/proxy/snapshot/port-range";
import type { ControlPlane } from "../cluster/control-plane.ts";
import type { DataPlane } from "../dataplane/data-plane.ts";
import { healthCheckWarnings } from "./health-check-warnings.ts";
import type { Warning } from "./warning.ts";

/**
 * What kube-proxies have to say: events and errors of their logs, in their own words; and that a changed configuration waits
 * for a restart.
 */
export function proxyWarnings(plane: DataPlane, control: ControlPlane): Warning[] {
  const settled = plane.history.at(-1);
  if (settled === undefined) return [];
  const names = settled.state.tables.Node.keys();
  return [
    ...waitingWarnings(plane, control, names),
    ...cleanUpWarnings(plane, names),
    ...startWarnings(plane, names),
    ...workWarnings(plane, names, settled.state),
  ];
}

/** The same of the kube-proxies on a packet's way. */
export function warningsOnTheWay(plane: DataPlane, trace: Trace): Warning[] {
  const settled = plane.history.at(-1);
  const nodes = nodesOf(trace);
  if (settled === undefined || nodes.length === 0) return [];
  return [...startWarnings(plane, nodes), ...workWarnings(plane, nodes, settled.state)];
}

/** Of what they read and write. In userspace mode a kube-proxy knows no slices, and reads Services in its own way. */
function workWarnings(plane: DataPlane, names: readonly string[], state: ClusterState): Warning[] {
  const userspace = names.filter((name) => plane.startOf(name)?.config.mode === "userspace");
  return [
    ...(userspace.length === names.length ? [] : objectWarnings(state)),
    ...problemWarnings(plane, hasImpossiblePort(state) ? names : userspace, names, state),
    ...healthCheckWarnings(plane, names, state),
  ];
}

function waitingWarnings(
  plane: DataPlane,
  { config, configSource }: ControlPlane,
  names: readonly string[],
): Warning[] {
  const wanted = JSON.stringify(config);
  const waiting = names.filter((name) => {
    const start = plane.startOf(name);
    return start !== undefined && start.config !== config && JSON.stringify(start.config) !== wanted;
  });
  if (waiting.length === 0) return [];
  const message = `kube-proxy on ${someOf(waiting, names)} runs with the configuration that it took when it started; this one counts when it restarts`;
  return [{ message, position: configSource?.positionOf(["kind"]) }];
}

/** Of a configuration that nobody has written only what is recorded as an event. */
function startWarnings(plane: DataPlane, names: readonly string[]): Warning[] {
  const byMessage = new Map<string, { readonly warning: Warning; readonly nodes: string[] }>();
  for (const name of names) {
    const start = plane.startOf(name);
    const node = start === undefined ? undefined : plane.proxyNode(name, plane.history.at(-1)!);
    if (start === undefined || node === undefined) continue;
    for (const line of startLog(start.config, node)) {
      if (line.event === undefined && (line.level !== "error" || start.configSource === undefined)) continue;
      const message = textOf(line);
      const known = byMessage.get(message);
      const position = start.configSource?.positionOf(["kind"]);
      if (known === undefined) byMessage.set(message, { warning: { message, position }, nodes: [name] });
      else known.nodes.push(name);
    }
  }
  return [...byMessage.values()].map(({ warning: { message, position }, nodes }) => ({
    message: `kube-proxy on ${someOf(nodes, names)}: ${message}`,
    position,
  }));
}

/** The one thing about objects that makes a kube-proxy of another mode fail; without it no node has to be looked at. */
function hasImpossiblePort({ tables }: ClusterState): boolean {
  return tables.EndpointSlice.values().some(({ ports }) => ports?.some(({ port }) => port && !isPortNumber(port)));
}

/** What was to be removed of earlier kube-proxies, and could not be. */
function cleanUpWarnings(plane: DataPlane, names: readonly string[]): Warning[] {
  const nodesOf = new Map<string, Set<string>>();
  for (const name of names.filter((one) => plane.mayHaveCleanedUp(one))) {
    for (const { text } of plane.node(name).current().cleanUpProblems) {
      nodesOf.set(text, (nodesOf.get(text) ?? new Set()).add(name));
    }
  }
  return [...nodesOf].map(([text, nodes]) => ({
    message: `kube-proxy on ${someOf([...nodes], names)}, when it cleaned up: ${text}`,
    position: undefined,
  }));
}

/** What kube-proxies could not do and have not put right since. */
function problemWarnings(
  plane: DataPlane,
  nodes: readonly string[],
  all: readonly string[],
  state: ClusterState,
): Warning[] {
  const byText = new Map<string, { readonly position: Warning["position"]; readonly nodes: string[] }>();
  for (const node of nodes) {
    const { proxy, userspace } = plane.node(node).current();
    const problems = [...(proxy?.proxiers ?? []).flatMap((one) => one.problems ?? []), ...(userspace?.problems ?? [])];
    for (const { servicePort, line } of problems) {
      const known = byText.get(line.text);
      if (known !== undefined) known.nodes.push(node);
      else byText.set(line.text, { position: servicePortPosition(state, servicePort), nodes: [node] });
    }
  }
  return [...byText].map(([text, { position, nodes }]) => ({
    message: `kube-proxy on ${someOf(nodes, all)}: ${text}`,
    position,
  }));
}

/** Where a port of a Service stands: `namespace/name:port`, without the colon for an unnamed one. */
function servicePortPosition(state: ClusterState, servicePort: string | undefined): Warning["position"] {
  if (servicePort === undefined) return undefined;
  const [key = "", name = ""] = servicePort.split(":");
  const ports = state.tables.Service.get(key)?.spec.ports ?? [];
  const index = ports.findIndex((port) => (port.name ?? "") === name);
  return positionOf(state, "Service", key, index < 0 ? [] : ["spec", "ports", index]);
}

/** Services and slices are read alike by all of them. */
function objectWarnings(state: ClusterState): Warning[] {
  const { Service, EndpointSlice } = state.tables;
  return [
    ...Service.values().flatMap((service) => serviceLog(service).map((line) => objectWarning(state, service, line))),
    ...EndpointSlice.values().flatMap((slice) => sliceLog(slice).map((line) => objectWarning(state, slice, line))),
  ];
}

function objectWarning(state: ClusterState, object: ApiObject, { line, path }: ObjectLine): Warning {
  const key = objectKey(object);
  const message = `kube-proxy: ${object.kind} ${key}: ${textOf(line)}`;
  return { message, position: positionOf(state, object.kind, key, path) };
}

function textOf({ event, text }: LogLine): string {
  return event === undefined ? text : `${event.type} ${event.reason}: ${event.note}`;
}

function someOf(names: readonly string[], all: readonly string[]): string {
  if (names.length === all.length && names.length > 1) return "all nodes";
  return names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
}

/** The nodes on a packet's way, each once. */
function nodesOf({ request, reply }: Trace): string[] {
  const hops = [...request.hops, ...(reply?.hops ?? [])].filter(({ hostKind }) => hostKind === "node");
  return [...new Set(hops.map(({ host }) => host.slice("node ".length)))];
}
