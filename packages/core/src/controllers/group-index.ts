/** Members by the group that they belong to; a member is in as many groups as it was added to. */
export class GroupIndex {
  readonly #groups = new Map<string, Set<string>>();

  add(group: string, member: string): void {
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, new Set([member]));
    else members.add(member);
  }

  remove(group: string, member: string): void {
    const members = this.#groups.get(group);
    if (members?.delete(member) && members.size === 0) this.#groups.delete(group);
  }

  /** The members, in the order in which they came; empty for an unknown group. */
  members(group: string): ReadonlySet<string> {
    return this.#groups.get(group) ?? none;
  }

  count(group: string): number {
    return this.#groups.get(group)?.size ?? 0;
  }

  /** All groups with their members, both sorted: what tests compare. */
  entries(): readonly (readonly [string, readonly string[]])[] {
    return [...this.#groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([group, members]) => [group, [...members].sort()]);
  }
}

const none: ReadonlySet<string> = new Set();
