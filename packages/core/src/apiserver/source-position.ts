import type { Kind, ObjectKey } from "../model/api-object.ts";
import type { SourcePosition } from "../runtime/errors.ts";
import { type ClusterState, objectTitle } from "./cluster-state.ts";
import type { FieldPath } from "./manifest/manifest-document.ts";

/**
 * Where the user's text says a field of an object, e.g. `["spec", "ports", 0]` of a Service. Undefined for what no
 * text says: an object that a controller made. The text is read again at the first question, so ask when it is shown.
 */
export function positionOf(
  state: ClusterState,
  kind: Kind,
  key: ObjectKey,
  path: FieldPath = [],
): SourcePosition | undefined {
  return state.sources.get(objectTitle(kind, key))?.positionOf(path);
}
