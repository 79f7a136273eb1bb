import type { GroupNumbers } from "./group-numbers.ts";
import { PatternMistake } from "./pattern-cursor.ts";
import type { PatternGroup, PatternItem } from "./pattern-tree.ts";

/** How much PCRE2's code for a pattern may be, with links of two bytes (pcre2_intmodedep.h `MAX_PATTERN_SIZE`). */
const mostBytes = 65_536;

/** @throws PatternMistake where a lookbehind has no fixed length (pcre2_compile.c `check_lookbehinds`) */
export function checkLookbehinds(branches: readonly PatternItem[][], groups: GroupNumbers): void {
  for (const item of branches.flat()) {
    if (item.kind !== "group") continue;
    // Branches of the lookbehind itself may have different lengths.
    if (item.type === "behind" && item.branches.some((branch) => branchLength(branch, groups, []) === undefined)) {
      throw new PatternMistake("lookbehind assertion is not fixed length", item.offset);
    }
    checkLookbehinds(item.branches, groups);
  }
}

function branchLength(
  branch: readonly PatternItem[],
  groups: GroupNumbers,
  open: readonly PatternGroup[],
): number | undefined {
  let sum = 0;
  for (const item of branch) {
    const { least = 1, most = 1 } = item.repeats ?? {};
    const length = itemLength(item, groups, open);
    if (length === undefined || least !== most) return undefined;
    sum += least * length;
  }
  return sum;
}

function itemLength(item: PatternItem, groups: GroupNumbers, open: readonly PatternGroup[]): number | undefined {
  if (item.kind === "character" || item.kind === "class") return 1;
  if (item.kind === "assertion") return 0;
  const used = "to" in item ? groups.find(item.to) : undefined;
  const group = item.kind === "group" ? item : used;
  if (group === undefined || open.includes(group)) return undefined;
  if (group.type === "ahead" || group.type === "behind" || group.type === "definition") return 0;
  const lengths = group.branches.map((branch) => branchLength(branch, groups, [...open, group]));
  const isOneSided = group.type === "condition" && group.branches.length === 1;
  return new Set(isOneSided ? [...lengths, 0] : lengths).size === 1 ? lengths[0] : undefined;
}

/** @throws PatternMistake for a pattern whose code, with repetitions written out, is more than PCRE2 keeps */
export function checkSize(branches: readonly PatternItem[][], end: number): void {
  if (groupBytes(branches, false) <= mostBytes) return;
  throw new PatternMistake("regular expression is too large", end);
}

function groupBytes(branches: readonly PatternItem[][], catches: boolean): number {
  const bytes = branches.flat().reduce((sum, item) => sum + itemBytes(item), 0);
  return 3 + (catches ? 2 : 0) + 3 * branches.length + bytes;
}

function itemBytes(item: PatternItem): number {
  const { least = 1, most = 1 } = item.repeats ?? {};
  const isCounted = least > 1 || (most > 1 && most !== Number.POSITIVE_INFINITY);
  if (!("branches" in item)) {
    if (item.kind === "class") return 33 + (isCounted ? 5 : 1);
    return isCounted ? 8 : 2;
  }
  const bytes = groupBytes(item.branches, item.number !== undefined);
  if (item.repeats === undefined) return bytes;
  const open = most === Number.POSITIVE_INFINITY ? 1 : (most - Math.max(least, 1)) * (bytes + 7);
  return Math.max(least, 1) * bytes + open;
}
