import type { LabelSelector } from "../model/label-selector.ts";
import { matchesLabels } from "../model/label-selector.ts";
import type { Labels } from "../model/object-meta.ts";
import { GroupIndex } from "./group-index.ts";
import { LabelIndex } from "./label-index.ts";

interface Entry {
  readonly namespace: string;
  readonly selector: LabelSelector;
  /** The one pair under which the selector is filed; undefined when it has only expressions. */
  readonly anchor: Labels | undefined;
}

/**
 * The reverse of a label index: which selectors match an object. Each selector is filed under its rarest pair, so that
 * an object's labels lead to few candidates.
 */
export class SelectorIndex {
  readonly #entries = new Map<string, Entry>();
  readonly #anchored = new LabelIndex();
  readonly #unanchored = new GroupIndex();

  /** Files the selector of `owner`, in the place of the one that it had. */
  set(owner: string, namespace: string, selector: LabelSelector): void {
    this.delete(owner);
    const anchor = this.#rarestPair(namespace, selector.matchLabels);
    this.#entries.set(owner, { namespace, selector, anchor });
    if (anchor === undefined) this.#unanchored.add(namespace, owner);
    else this.#anchored.add(namespace, owner, anchor);
  }

  delete(owner: string): void {
    const entry = this.#entries.get(owner);
    if (entry === undefined) return;
    this.#entries.delete(owner);
    if (entry.anchor === undefined) this.#unanchored.remove(entry.namespace, owner);
    else this.#anchored.remove(entry.namespace, owner, entry.anchor);
  }

  /** The owners whose selectors match the labels, sorted. */
  matching(namespace: string, labels: Labels | undefined): readonly string[] {
    const candidates = [...this.#unanchored.members(namespace)];
    for (const label in labels) candidates.push(...this.#anchored.matching(namespace, { [label]: labels[label]! }));
    return candidates.filter((owner) => matchesLabels(this.#entries.get(owner)!.selector, labels)).sort();
  }

  #rarestPair(namespace: string, pairs: Labels | undefined): Labels | undefined {
    let best: Labels | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const label in pairs) {
      const count = this.#anchored.count(namespace, label, pairs[label]!);
      if (count >= least) continue;
      least = count;
      best = { [label]: pairs[label]! };
    }
    return best;
  }
}
