import type { WatchEvent } from "@kubenetsim/core/apiserver/rest/request";
import { jsonText } from "../answer/json-text.ts";

const encoder = new TextEncoder();

/** Watches that tell the same thing share the event. */
const lines = new WeakMap<WatchEvent, Uint8Array>();

/** `{"type":"ADDED","object":{…}}` with a line end, in UTF-8. */
export function encodeEvent(event: WatchEvent): Uint8Array {
  const known = lines.get(event);
  if (known !== undefined) return known;
  const { type, object } = event;
  const line = encoder.encode(jsonText({ type, object }, false));
  lines.set(event, line);
  return line;
}
