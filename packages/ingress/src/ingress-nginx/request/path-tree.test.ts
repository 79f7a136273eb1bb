import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PathTree } from "./path-tree.ts";

const path = fc.string({ unit: fc.constantFrom("/", "a", "b"), maxLength: 6 });
const added = fc.record({ path, isExact: fc.boolean() });

describe("a tree of paths", () => {
  it("finds a path itself, else the longest prefix, and of two that are the same the first", () => {
    fc.assert(
      fc.property(fc.array(added, { maxLength: 12 }), path, (paths, asked) => {
        const tree = new PathTree<number>();
        for (const [i, each] of paths.entries()) {
          if (each.isExact) tree.addExact(each.path, i);
          else tree.addPrefix(each.path, i);
        }
        const exact = paths.findIndex((each) => each.isExact && each.path === asked);
        const prefixes = paths.filter((each) => !each.isExact && asked.startsWith(each.path));
        const longest = Math.max(...prefixes.map((each) => each.path.length));
        const prefix = paths.indexOf(prefixes.find((each) => each.path.length === longest)!);
        const expected = exact >= 0 ? exact : prefix;
        expect(tree.find(asked)).toBe(expected < 0 ? undefined : expected);
      }),
    );
  });
});
