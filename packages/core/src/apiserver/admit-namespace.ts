import type { ApiObject } from "../model/api-object.ts";
import type { Namespace } from "../model/namespace.ts";
import type { ClusterState } from "./cluster-state.ts";
import { kinds } from "./decode/kinds.ts";
import type { Draft } from "./draft.ts";

/**
 * Puts the object into its namespace, `default` where none is given. Where the namespace is not there, gives the one to
 * be made: a real API server would refuse, but a dump of Services does not hold the namespaces around them.
 */
export function admitNamespace(state: ClusterState, draft: Draft<ApiObject>): Namespace | undefined {
  if (!kinds[draft.kind].namespaced) {
    delete draft.metadata.namespace;
    return undefined;
  }
  draft.metadata.namespace ??= "default";
  const name = draft.metadata.namespace;
  if (state.tables.Namespace.has(name)) return undefined;
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
}
