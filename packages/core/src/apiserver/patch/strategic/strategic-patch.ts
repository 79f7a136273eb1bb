import { plainCopy } from "../../plain-copy.ts";
import { diffMaps } from "./diff.ts";
import type { JsonObject } from "./directives.ts";
import { mergeMap } from "./merge-map.ts";
import { objectSchema } from "./patch-schema.ts";

// The patches that kubectl makes and tries out (apimachinery pkg/util/strategicpatch). Objects are of the struct `id` of
// the field table; all throw StrategicFailure.

/** The patch from one object to another: `kubectl edit`. */
export function twoWayPatch(original: JsonObject, modified: JsonObject, id: string): JsonObject {
  return diffMaps(plainCopy(original), plainCopy(modified), objectSchema(id), {
    ignoresChanges: false,
    ignoresDeletions: false,
    ordersElements: true,
  });
}

/**
 * What `kubectl apply` sends: changes from the stored object to the new manifest, and deletions from the last manifest to
 * the new one.
 */
export function threeWayPatch(original: JsonObject, modified: JsonObject, current: JsonObject, id: string): JsonObject {
  const type = objectSchema(id);
  const changes = diffMaps(plainCopy(current), plainCopy(modified), type, {
    ignoresChanges: false,
    ignoresDeletions: true,
    ordersElements: true,
  });
  const deletions = diffMaps(plainCopy(original), plainCopy(modified), type, {
    ignoresChanges: true,
    ignoresDeletions: false,
    ordersElements: true,
  });
  return mergeMap(plainCopy(deletions), plainCopy(changes), type, { intoObject: false });
}

/** The object with a patch applied, as the API server would, before it looks at the fields. */
export function applyStrategicPatch(original: JsonObject, patch: JsonObject, id: string): JsonObject {
  return mergeMap(plainCopy(original), plainCopy(patch), objectSchema(id), { intoObject: true });
}
