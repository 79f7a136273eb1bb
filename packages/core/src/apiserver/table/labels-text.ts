import type { Labels } from "../../model/object-meta.ts";
import { sortedUnique } from "./sorted-unique.ts";

/** `app=web,tier=front`, sorted; `<none>` for no labels. */
export function labelsText(labels: Labels | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? "<none>" : sortedUnique(pairs).join(",");
}
