import type { TextSlice } from "./text-slice.ts";

/**
 * The lines of one item of a list, as a slice that holds a sequence of that item alone; so that a question about one
 * object of a large dump does not parse the whole of it. Only for text that the fast reader took: there, what stands at
 * the indentation of the first item and begins with a dash is an item.
 */
export function listItemSlice(slice: TextSlice, index: number): TextSlice | undefined {
  const { text, end } = slice;
  let indent: string | undefined;
  let line = slice.firstLine - 1;
  let inItems = false;
  let count = -1;
  let found: { start: number; firstLine: number } | undefined;
  for (let at = slice.start; at < end; ) {
    const newline = text.indexOf("\n", at);
    const next = newline < 0 || newline >= end ? end : newline + 1;
    line++;
    if (!inItems) {
      inItems = /^items:\s*(#.*)?$/.test(text.slice(at, Math.min(next, at + 80)).trimEnd());
    } else if (indent === undefined) {
      indent = /^( *)-\s/.exec(text.slice(at, Math.min(next, at + 80)))?.[1];
      if (indent !== undefined) count = 0;
      if (count === index) found = { start: at, firstLine: line };
    } else if (text.startsWith(`${indent}-`, at) || isShallower(text, at, indent)) {
      if (found !== undefined) return { ...slice, ...found, end: at };
      if (!text.startsWith(`${indent}-`, at)) return undefined;
      if (++count === index) found = { start: at, firstLine: line };
    }
    at = next;
  }
  return found === undefined ? undefined : { ...slice, ...found, end };
}

/** A line with content at the left of the items, or beside them and no item: the list is over. */
function isShallower(text: string, at: number, indent: string): boolean {
  if (!text.startsWith(indent, at)) return text.slice(at, at + indent.length).trim() !== "";
  const first = text[at + indent.length];
  return first !== " " && first !== "\n" && first !== "#" && first !== undefined;
}
