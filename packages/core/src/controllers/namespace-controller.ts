import type { Change } from "../apiserver/cluster-state.ts";
import type { Kind } from "../model/api-object.ts";
import type { Namespace } from "../model/namespace.ts";
import type { ControlLoop } from "./control-loop.ts";

/** A Namespace on its way out is looked at when it is marked, and when something goes that was in it. */
export function noticeNamespace({ kind, before, after }: Change, loop: ControlLoop): void {
  if (kind === "Namespace" && isEnding(after as Namespace | undefined)) {
    loop.enqueue("namespace", after!.metadata.name);
  }
  const { namespace } = (after ?? before)!.metadata;
  if (after !== undefined || namespace === undefined) return;
  if (isEnding(loop.state.tables.Namespace.get(namespace))) loop.enqueue("namespace", namespace);
}

/**
 * Empties a Namespace that is deleted, and lets it go when nothing is left in it (pkg/controller/namespace). What has
 * finalizers keeps it until these are taken away.
 */
export function emptyNamespace(loop: ControlLoop, name: string): void {
  const namespace = loop.state.tables.Namespace.get(name);
  if (!isEnding(namespace)) return;
  const kinds = Object.keys(loop.state.tables) as Kind[];
  for (const kind of kinds) {
    for (const object of loop.state.tables[kind].list(name)) {
      // Something may have gone with its owner.
      if (loop.state.tables[kind].get(`${name}/${object.metadata.name}`) === object) loop.delete(object);
    }
  }
  if (kinds.some((kind) => loop.state.tables[kind].list(name).length > 0)) return;
  const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== "kubernetes");
  if (finalizers.length === 0 && (namespace.metadata.finalizers ?? []).length === 0) {
    loop.remove("Namespace", namespace);
  } else if (finalizers.length !== (namespace.spec?.finalizers ?? []).length) {
    loop.put({ ...namespace, spec: { ...namespace.spec, finalizers } });
  }
}

function isEnding(namespace: Namespace | undefined): namespace is Namespace {
  return namespace?.metadata.deletionTimestamp !== undefined;
}
