import { type GroupReference, noSuchGroup, type PatternCursor, PatternMistake } from "./pattern-cursor.ts";
import type { PatternGroup } from "./pattern-tree.ts";

/** Groups that catch, by number and name, and what refers to them. */
export class GroupNumbers {
  readonly #byNumber = new Map<number, PatternGroup>();
  readonly #names = new Map<string, number>();
  readonly #uses: (GroupReference | PatternMistake)[] = [];

  add(group: PatternGroup): void {
    if (group.number !== undefined) this.#byNumber.set(group.number, group);
  }

  /** Gives a group its name, at the place behind it. */
  name(cursor: PatternCursor, name: string, number: number, allowsTwice: boolean): void {
    const known = this.#names.get(name);
    if (known !== undefined && known !== number && !allowsTwice) {
      cursor.fail("two named subpatterns have the same name (PCRE2_DUPNAMES not set)");
    }
    const other = [...this.#names].find(([each, of]) => of === number && each !== name);
    if (other !== undefined) cursor.fail("different names for subpatterns of the same number are not allowed");
    this.#names.set(name, number);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  find({ group }: GroupReference): PatternGroup | undefined {
    const number = typeof group === "number" ? group : this.#names.get(group);
    return number === undefined ? undefined : this.#byNumber.get(number);
  }

  use(use: GroupReference | PatternMistake): void {
    this.#uses.push(use);
  }

  /** What is only found when all groups are known: the first in the order of the pattern. */
  check(): void {
    for (const use of this.#uses) {
      if (use instanceof PatternMistake) throw use;
      if (use.group !== 0 && this.find(use) === undefined) throw new PatternMistake(noSuchGroup, use.offset);
    }
  }
}
