import { applyDocuments } from "@kubenetsim/core/apiserver/apply";
import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { kinds } from "@kubenetsim/core/apiserver/decode/kinds";
import type { ManifestDocument } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { readManifests, type TextStream } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { deleteObject } from "@kubenetsim/core/apiserver/write-object";
import { type SettleResult, settle } from "@kubenetsim/core/controllers/settle";
import type { Kind, ObjectKey } from "@kubenetsim/core/model/api-object";
import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import { formatPosition, ParseError, StatusError } from "@kubenetsim/core/runtime/errors";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import {
  isKubeProxyConfig,
  type KubeProxyConfigDocument,
  readKubeProxyConfigDocument,
} from "@kubenetsim/proxy/config/read-config";
import { assignLoadBalancers, type CloudSettings } from "../cloud/service-controller.ts";
import type { Warning } from "../warnings/warning.ts";
import { InputDocuments } from "./input-documents.ts";
import { requireKey, requireKind } from "./object-lookup.ts";

/** What was asked for, and how far it has been settled. A frozen value; every step gives a new one. */
export interface ControlPlane {
  readonly state: ClusterState;
  readonly config: KubeProxyConfig;
  /** Where the configuration stands; undefined when it is the options' own. */
  readonly configSource?: ManifestDocument | undefined;
  /** Writes that the controllers have not seen. */
  readonly pending: readonly Change[];
  readonly settled: SettleResult | undefined;
}

export interface ControlContext {
  readonly random: Random;
  readonly clock: Clock;
}

export interface Applied {
  readonly plane: ControlPlane;
  readonly changes: readonly Change[];
  readonly warnings: readonly Warning[];
}

/** A text, whole or in pieces, and what messages call it. */
export type InputText = { readonly source: string; readonly text: string } | TextStream;

/**
 * Applies the objects of texts, all or none, whatever text they stand in. A KubeProxyConfiguration, or the ConfigMap that
 * holds one, configures kube-proxy; the last one counts.
 *
 * @throws ParseError, StatusError, UnsupportedError; TypeError for what is no text
 */
export function applyTexts(plane: ControlPlane, texts: readonly InputText[], context: ControlContext): Applied {
  const documents = new InputDocuments(texts);
  const { state, changes, warnings } = applyDocuments(plane.state, documents, context);
  const configs = documents.configs.map(readKubeProxyConfigDocument);
  const last = configs.at(-1) ?? { config: plane.config, document: plane.configSource };
  return {
    plane: {
      ...plane,
      state,
      config: last.config,
      configSource: last.document,
      pending: [...plane.pending, ...changes],
    },
    changes,
    warnings: [
      ...warnings.map(({ message, object, position }) => ({
        message: object === undefined ? message : `${object}: ${message}`,
        position,
      })),
      ...configWarnings(configs),
    ],
  };
}

/**
 * Takes the outcome of a write through the API. The ConfigMap of kube-proxy configures it; one that kube-proxy cannot read is
 * stored like any other, and warned of.
 */
export function committed(
  plane: ControlPlane,
  state: ClusterState,
  changes: readonly Change[],
): { plane: ControlPlane; warnings: readonly Warning[] } {
  const taken = { ...plane, state, pending: [...plane.pending, ...changes] };
  const documents = changes.flatMap(({ after }) => (after?.kind === "ConfigMap" ? documentsOf(after) : []));
  const last = documents.findLast(isKubeProxyConfig);
  if (last === undefined) return { plane: taken, warnings: [] };
  try {
    const { config, document, warnings } = readKubeProxyConfigDocument(last);
    return { plane: { ...taken, config, configSource: document }, warnings };
  } catch (reason) {
    if (!(reason instanceof ParseError || reason instanceof StatusError)) throw reason;
    const message = `kube-proxy could not start with this: ${reason.message}`;
    return { plane: taken, warnings: [{ message, position: reason.position }] };
  }
}

function documentsOf(object: ConfigMap): ManifestDocument[] {
  return readManifests(JSON.stringify(object), `configmap/${object.metadata.name}`);
}

/** Deletes one object. @throws StatusError NotFound, ParseError for what is no kind or no key */
export function deleteFrom(plane: ControlPlane, kind: Kind, key: ObjectKey): { plane: ControlPlane; change: Change } {
  requireKind(kind);
  requireKey(key);
  const deleted = deleteObject(plane.state, kind, key);
  if (deleted === undefined) {
    throw new StatusError("NotFound", `${kinds[kind].resource} "${key.slice(key.indexOf("/") + 1)}" not found`);
  }
  const { state, change } = deleted;
  return { plane: { ...plane, state, pending: [...plane.pending, change] }, change };
}

function configWarnings(configs: readonly KubeProxyConfigDocument[]): Warning[] {
  const last = configs.at(-1);
  const overruled = configs.slice(0, -1).map(({ document }) => ({
    message: `this KubeProxyConfiguration counts for nothing: the one at ${formatPosition(last!.document.positionOf(["kind"]))} comes later`,
    position: document.positionOf(["kind"]),
  }));
  return [...configs.flatMap(({ warnings }) => warnings), ...overruled];
}

export interface Rested {
  readonly plane: ControlPlane;
  /** Everything since the last rest: what was pending, and what cloud and controllers wrote. */
  readonly changes: readonly Change[];
  readonly rounds: number;
}

/** Lets the cloud and the controllers work until nothing is left to do. */
export function settlePlane(plane: ControlPlane, context: ControlContext, clouds: CloudSettings | undefined): Rested {
  // Where no Service has changed, the cloud has nothing to do.
  const mayAssign = plane.settled === undefined || plane.pending.some(({ kind }) => kind === "Service");
  const cloud =
    clouds === undefined || !mayAssign ? { state: plane.state, changes: [] } : assignLoadBalancers(plane.state, clouds);
  const before = [...plane.pending, ...cloud.changes];
  const settled = settle(
    cloud.state,
    context,
    plane.settled === undefined ? { changes: before } : { since: { result: plane.settled, changes: before } },
  );
  return {
    plane: { ...plane, state: settled.state, pending: [], settled },
    changes: [...before, ...settled.changes],
    rounds: settled.rounds,
  };
}
