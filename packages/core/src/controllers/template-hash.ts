import type { PodTemplateSpec } from "../model/pod.ts";
import { safeEncode } from "./generated-name.ts";

/**
 * The `pod-template-hash` of a Pod template: FNV-1a of 32 bits over the template, in the alphabet of generated names.
 *
 * The real controller hashes a dump of the Go structures with all their defaults; this hashes the JSON with sorted
 * keys. So a template keeps its hash and templates that differ have different ones, but the letters are not those of a
 * real cluster (pkg/controller/controller_utils.go, ComputeHash).
 */
export function templateHash(template: PodTemplateSpec, collisionCount = 0): string {
  const text = sortedJson(template) + (collisionCount === 0 ? "" : `#${collisionCount}`);
  return safeEncode(String(fnv1a32(text)));
}

/** JSON whose objects have their keys sorted, so that equal values have equal text. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${sortedJson(entry)}`).join(",")}}`;
}

function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
