import type { FileTree } from "../host.ts";

/**
 * The files and folders that a name means: itself where it is there, else what its `*`, `?` and `[ab]` stand for, in the
 * order of their names (Go's path/filepath, Glob). Undefined for a pattern that is none.
 */
export function expandPattern(name: string, files: FileTree): readonly string[] | undefined {
  if (files.read(name) !== undefined || files.list(name) !== undefined) return [name];
  if (/\[[^\]]*$/.test(name)) return undefined;
  const parts = name.split("/");
  const plain = parts.findIndex((part) => /[*?[\\]/.test(part));
  if (plain < 0) return [];
  const folder = parts.slice(0, plain).join("/");
  const below = files.list(folder === "" ? (name.startsWith("/") ? "/" : ".") : folder) ?? [];
  const heads = below.map((path) => path.split("/").slice(0, parts.length).join("/"));
  const pattern = new RegExp(`^${parts.map(partPattern).join("/")}$`, "s");
  return [...new Set(heads)].filter((head) => pattern.test(head)).sort();
}

/** One part of a path as a regular expression. */
function partPattern(part: string): string {
  return part.replace(/\\(.)|\[(\^?)([^\]]+)\]|\*|\?|[^\w]/gs, (text, escaped, negation, range) => {
    if (escaped !== undefined) return escaped.replace(/\W/, "\\$&");
    if (range !== undefined) return `[${negation}${range.replace(/[\\[]/g, "\\$&")}]`;
    if (text === "*") return "[^/]*";
    if (text === "?") return "[^/]";
    return `\\${text}`;
  });
}
