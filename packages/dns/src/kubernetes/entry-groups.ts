import type { ObjectKey } from "@kubenetsim/core/model/api-object";

interface Keyed {
  readonly key: ObjectKey;
}

/**
 * Entries by what they are looked up with: an address, a Service. Those of one group stand in the order of their keys, so that
 * nothing depends on which of them came first.
 */
export class EntryGroups<T extends Keyed> {
  readonly #groups = new Map<string, readonly T[]>();

  add(group: string, entry: T): void {
    const members = this.#groups.get(group);
    if (members === undefined) {
      this.#groups.set(group, [entry]);
      return;
    }
    const at = placeOf(members, entry.key);
    const replaced = members[at]?.key === entry.key ? 1 : 0;
    this.#groups.set(group, members.toSpliced(at, replaced, entry));
  }

  remove(group: string, entry: T): void {
    const members = this.#groups.get(group);
    if (members === undefined) return;
    const at = placeOf(members, entry.key);
    if (members[at]?.key !== entry.key) return;
    if (members.length === 1) this.#groups.delete(group);
    else this.#groups.set(group, members.toSpliced(at, 1));
  }

  members(group: string): readonly T[] {
    return this.#groups.get(group) ?? none;
  }

  /** All groups, sorted: what tests compare. */
  entries(): readonly (readonly [string, readonly T[]])[] {
    return [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

const none: readonly never[] = [];

/** Where an entry of this key stands or would stand. */
function placeOf(members: readonly Keyed[], key: ObjectKey): number {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (members[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
