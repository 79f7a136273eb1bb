import { diffArrays } from "diff";
import { shiftChanges } from "./shift-changes.ts";

/** Lines around a change (diff -u). */
const context = 3;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** Two texts' differences as `diff -u` prints them below its two file names; "" where there are none. */
export function unifiedDiff(before: string, after: string): string {
  const lines = changedLines(linesOf(before), linesOf(after));
  const changes = lines.flatMap(({ sign }, i) => (sign === " " ? [] : [i]));
  const hunks: { first: number; last: number }[] = [];
  for (const at of changes) {
    const hunk = hunks.at(-1);
    if (hunk !== undefined && at - hunk.last <= 2 * context + 1) hunk.last = at;
    else hunks.push({ first: at, last: at });
  }
  return hunks
    .map(({ first, last }) => hunkText(lines, Math.max(0, first - context), Math.min(lines.length, last + context + 1)))
    .join("");
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** What both begin and end with is left aside but for the lines that are shown of it, as diff does: so changes stand where its do. */
function changedLines(before: readonly string[], after: readonly string[]): Line[] {
  const shorter = Math.min(before.length, after.length);
  const start = Math.max(0, sameLines(shorter, (i) => before[i] === after[i]) - context);
  const isSameAtEnd = (i: number): boolean => before.at(-1 - i) === after.at(-1 - i);
  const end = Math.max(0, sameLines(shorter - start, isSameAtEnd) - context);
  const changes = changesBetween(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...unchanged(before.slice(0, start)), ...changes, ...unchanged(before.slice(before.length - end))];
}

function changesBetween(before: string[], after: string[]): Line[] {
  const removed: boolean[] = [];
  const added: boolean[] = [];
  for (const part of diffArrays(before, after)) {
    for (const _ of part.value) {
      if (!part.added) removed.push(part.removed);
      if (!part.removed) added.push(part.added);
    }
  }
  shiftChanges(before, removed, added);
  shiftChanges(after, added, removed);
  const lines: Line[] = [];
  for (let [i, j] = [0, 0]; i < before.length || j < after.length; ) {
    if (removed[i]) lines.push({ sign: "-", text: before[i++]! });
    else if (added[j]) lines.push({ sign: "+", text: after[j++]! });
    else {
      lines.push({ sign: " ", text: before[i++]! });
      j++;
    }
  }
  return lines;
}

function sameLines(most: number, isSame: (index: number) => boolean): number {
  let count = 0;
  while (count < most && isSame(count)) count++;
  return count;
}

function unchanged(texts: readonly string[]): Line[] {
  return texts.map((text) => ({ sign: " ", text }));
}

function hunkText(lines: readonly Line[], from: number, to: number): string {
  const shown = lines.slice(from, to);
  const old = placeOf(lines, from, shown, "+");
  const young = placeOf(lines, from, shown, "-");
  return [`@@ -${old} +${young} @@`, ...shown.map(({ sign, text }) => `${sign}${text}`)]
    .map((line) => `${line}\n`)
    .join("");
}

/** `3,7`: the first line in a file and how many; one is not counted, and none stand behind a line. */
function placeOf(lines: readonly Line[], from: number, shown: readonly Line[], missing: Line["sign"]): string {
  const isThere = ({ sign }: Line): boolean => sign !== missing;
  const start = lines.slice(0, from).filter(isThere).length;
  const count = shown.filter(isThere).length;
  if (count === 0) return `${start},0`;
  return count === 1 ? String(start + 1) : `${start + 1},${count}`;
}
