import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { sortedKeys, structJson } from "../output/json.ts";

/** Where `kubectl apply` keeps the manifest that it applied last. */
export const lastAppliedKey = "kubectl.kubernetes.io/last-applied-configuration";

/** A manifest with itself in that annotation (kubectl pkg/util/apply.go, GetModifiedConfiguration). */
export function withLastApplied(object: PlainObject): PlainObject {
  const metadata = (object.metadata ?? {}) as PlainObject;
  const { [lastAppliedKey]: _, ...annotations } = (metadata.annotations ?? {}) as Record<string, Plain>;
  const plain = { ...object, metadata: { ...metadata, annotations } };
  const text = `${structJson(sortedKeys(plain))}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [lastAppliedKey]: text } } };
}

/** The manifest that was applied last; undefined where there is none. */
export function lastApplied(object: PlainObject): PlainObject | undefined {
  const { annotations } = (object.metadata ?? {}) as { annotations?: Readonly<Record<string, string>> };
  const text = annotations?.[lastAppliedKey];
  return text === undefined ? undefined : (JSON.parse(text) as PlainObject);
}

/** A new object gets the annotation where it is asked for, or brings one (CreateOrUpdateAnnotation). */
export function annotated(object: PlainObject, isWanted: boolean): PlainObject {
  return isWanted || lastApplied(object) !== undefined ? withLastApplied(object) : object;
}
