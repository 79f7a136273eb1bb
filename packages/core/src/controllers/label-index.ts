import type { Labels } from "../model/object-meta.ts";
import { Posting } from "./posting.ts";

/**
 * Objects by namespace, label and value, so that a selector finds its objects without looking at the others: time grows
 * with the rarest pair's objects, not with the namespace.
 */
export class LabelIndex {
  readonly #namespaces = new Map<string, Map<string, Map<string, Posting>>>();

  /** For an object that is not there with any of these pairs. */
  add(namespace: string, key: string, labels: Labels | undefined): void {
    for (const label in labels) this.#posting(namespace, label, labels[label]!).add(key);
  }

  remove(namespace: string, key: string, labels: Labels | undefined): void {
    for (const label in labels) this.#dropFrom(namespace, label, labels[label]!, key);
  }

  /**
   * The keys of the objects that have all pairs, sorted. An empty selector finds nothing, as a Service's does.
   *
   * @example
   * index.matching("default", { app: "web" }); // ["default/web-1", "default/web-2"]
   */
  matching(namespace: string, pairs: Labels): readonly string[] {
    const postings: Posting[] = [];
    for (const label in pairs) {
      const posting = this.#namespaces.get(namespace)?.get(label)?.get(pairs[label]!);
      if (posting === undefined) return [];
      postings.push(posting);
    }
    if (postings.length === 0) return [];
    postings.sort((a, b) => a.size - b.size);
    const [rarest, ...others] = postings;
    return rarest!
      .list()
      .filter((key) => others.every((posting) => posting.has(key)))
      .sort();
  }

  /** How many objects have one pair. */
  count(namespace: string, label: string, value: string): number {
    return this.#namespaces.get(namespace)?.get(label)?.get(value)?.size ?? 0;
  }

  #posting(namespace: string, label: string, value: string): Posting {
    const labels = getOrCreate(this.#namespaces, namespace, () => new Map<string, Map<string, Posting>>());
    const values = getOrCreate(labels, label, () => new Map<string, Posting>());
    return getOrCreate(values, value, () => new Posting());
  }

  #dropFrom(namespace: string, label: string, value: string, key: string): void {
    const values = this.#namespaces.get(namespace)?.get(label);
    const posting = values?.get(value);
    if (posting?.delete(key) && posting.size === 0) values!.delete(value);
  }
}

function getOrCreate<V>(map: Map<string, V>, key: string, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
