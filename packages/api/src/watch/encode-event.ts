import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { WatchEvent } from "@kubenetsim/core/apiserver/rest/request";
import { jsonText } from "../answer/json-text.ts";

const encoder = new TextEncoder();

/** The last line made of an object. An object's value never changes, and most watchers see the same event. */
const lines = new WeakMap<PlainObject, { readonly type: WatchEvent["type"]; readonly bytes: Uint8Array }>();

/** `{"type":"ADDED","object":{…}}` with a line end, in UTF-8. */
export function encodeEvent({ type, object }: WatchEvent): Uint8Array {
  const known = lines.get(object);
  if (known?.type === type) return known.bytes;
  const bytes = encoder.encode(jsonText({ type, object }, false));
  lines.set(object, { type, bytes });
  return bytes;
}
