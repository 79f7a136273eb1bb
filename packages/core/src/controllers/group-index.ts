/** Members by the group that they belong to; a member is in as many groups as it was added to. */
export class GroupIndex {
  /** One member stands for itself: most groups of a large cluster, such as addresses, have no more. */
  readonly #groups = new Map<string, string | Set<string>>();

  add(group: string, member: string): void {
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, member);
    else if (typeof members !== "string") members.add(member);
    else if (members !== member) this.#groups.set(group, new Set([members, member]));
  }

  remove(group: string, member: string): void {
    const members = this.#groups.get(group);
    if (members === undefined) return;
    const isGone = typeof members === "string" ? members === member : members.delete(member) && members.size === 0;
    if (isGone) this.#groups.delete(group);
  }

  /** The members, in the order in which they came; empty for an unknown group. */
  members(group: string): ReadonlySet<string> {
    return asSet(this.#groups.get(group));
  }

  count(group: string): number {
    const members = this.#groups.get(group);
    return typeof members === "string" ? 1 : (members?.size ?? 0);
  }

  /** All groups with their members, both sorted: what tests compare. */
  entries(): readonly (readonly [string, readonly string[]])[] {
    return [...this.#groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([group, members]) => [group, [...asSet(members)].sort()]);
  }
}

const none: ReadonlySet<string> = new Set();

function asSet(members: string | ReadonlySet<string> | undefined): ReadonlySet<string> {
  return typeof members === "string" ? new Set([members]) : (members ?? none);
}
