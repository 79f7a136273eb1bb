import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { objectKey } from "@kubenetsim/core/model/api-object";
import { type Ingress, ingressClassAnnotation } from "@kubenetsim/core/model/ingress";
import type { SourcePosition } from "@kubenetsim/core/runtime/errors";
import type { IngressControllers } from "../ingress/ingress-controllers.ts";
import type { RunningController } from "../ingress/running-controller.ts";
import type { TimedEntry } from "../ingress/timed-log.ts";
import type { Warning } from "./warning.ts";

/**
 * What ingress controllers have to say of a settled cluster: Ingresses that none takes, controllers that cannot start, and warnings
 * and errors, in their own words, as one would write them that starts now.
 */
export function ingressWarnings(state: ClusterState, controllers: IngressControllers): Warning[] {
  const all = controllers.all();
  const running = all.filter(({ controller }) => controller !== undefined);
  return [
    ...(running.length === 0 ? noneRuns(state) : classWarnings(state, running)),
    ...all.flatMap((each) => startWarnings(state, each)),
    ...running.flatMap((each) => annotationWarnings(state, each)),
    ...running.flatMap((each) => logWarnings(state, each, controllers)),
  ].filter(isFirst());
}

function noneRuns(state: ClusterState): Warning[] {
  const first = state.tables.Ingress.values()[0];
  if (first === undefined) return [];
  const count = state.tables.Ingress.size;
  const objects = `${count} ${count === 1 ? "object" : "objects"}`;
  const message = `no ingress controller runs: hosts and paths of Ingress lead nowhere (${objects})`;
  return [{ message, position: positionOf(state, "Ingress", objectKey(first), ["kind"]) }];
}

function classWarnings(state: ClusterState, running: readonly RunningController[]): Warning[] {
  return state.tables.Ingress.values().flatMap((ingress) => {
    if (running.some(({ controller }) => controller!.takes?.(ingress) ?? true)) return [];
    const [named, path] = classOf(ingress);
    const text =
      named === undefined ? "no class, and no controller takes such" : `class ${named} that no controller serves`;
    const key = objectKey(ingress);
    return [{ message: `Ingress ${key} has ${text}`, position: positionOf(state, "Ingress", key, path) }];
  });
}

/** The name of its class, and where it stands. */
function classOf({ metadata, spec }: Ingress): [string | undefined, readonly string[]] {
  if (spec.ingressClassName !== undefined) return [spec.ingressClassName, ["spec", "ingressClassName"]];
  const annotation = metadata.annotations?.[ingressClassAnnotation];
  if (annotation === undefined) return [undefined, ["spec"]];
  return [annotation, ["metadata", "annotations", ingressClassAnnotation]];
}

function startWarnings(state: ClusterState, { place, pod, problem, controller }: RunningController): Warning[] {
  const { definition, container } = place;
  const position = positionOf(state, "Pod", pod, ["spec", "containers"]);
  const texts = [
    ...(problem === undefined ? [] : [`ends at its start: ${problem}`]),
    ...(controller?.unmodelled ?? []),
  ];
  return texts.map((text) => ({
    message: `${definition.name} in Pod ${pod} (container ${container.name}): ${text}`,
    position,
  }));
}

/** Annotations of which less comes than they say. */
function annotationWarnings(state: ClusterState, { controller }: RunningController): Warning[] {
  return state.tables.Ingress.values().flatMap((ingress) => {
    if (controller?.unmodelledIn === undefined || controller.takes?.(ingress) === false) return [];
    return controller.unmodelledIn(ingress).map(({ annotation, message }) => ({
      message,
      position: positionOf(state, "Ingress", objectKey(ingress), ["metadata", "annotations", annotation]),
    }));
  });
}

function logWarnings(state: ClusterState, running: RunningController, controllers: IngressControllers): Warning[] {
  return controllers
    .logOfNow(running)
    .filter(({ severity }) => severity !== "I")
    .map(({ source, message }: TimedEntry) => ({
      message: `${running.place.definition.name} (${source}): ${message.trim()}`,
      position: mentioned(state, message),
    }));
}

/** Where the first Ingress stands that a message names, or the first backend of the Service that it names. */
function mentioned(state: ClusterState, message: string): SourcePosition | undefined {
  for (const [text] of message.matchAll(/[a-z0-9][-a-z0-9]*\/[a-z0-9][-a-z0-9.]*/g)) {
    const key = text.replace(/\.$/, "");
    if (state.tables.Ingress.has(key)) return positionOf(state, "Ingress", key, ["kind"]);
    const position = backendPosition(state, key);
    if (position !== undefined) return position;
  }
  return undefined;
}

function backendPosition(state: ClusterState, service: string): SourcePosition | undefined {
  const [namespace, name] = service.split("/");
  for (const ingress of state.tables.Ingress.list(namespace)) {
    for (const [i, { http }] of (ingress.spec.rules ?? []).entries()) {
      const j = http?.paths.findIndex(({ backend }) => backend.service?.name === name) ?? -1;
      const path = ["spec", "rules", i, "http", "paths", j, "backend", "service"];
      if (j >= 0) return positionOf(state, "Ingress", objectKey(ingress), path);
    }
  }
  return undefined;
}

function positionOf(
  state: ClusterState,
  kind: string,
  key: string,
  path: readonly (string | number)[],
): SourcePosition | undefined {
  return state.sources.get(`${kind} ${key}`)?.positionOf(path);
}

/** Replicas say the same. */
function isFirst(): (warning: Warning) => boolean {
  const seen = new Set<string>();
  return ({ message }) => !seen.has(message) && seen.add(message).has(message);
}
