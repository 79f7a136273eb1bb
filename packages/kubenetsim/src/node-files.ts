import { isAscii } from "node:buffer";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { FileTree } from "@kubenetsim/kubectl";

/**
 * Real files for `Cluster.create({ files })`, where Node runs: paths are taken from a folder, and none leads out of it.
 *
 * @example
 * import { nodeFiles } from "kubenetsim/node-files";
 * const lab = Cluster.create({ files: nodeFiles("examples/course") });
 * lab.kubectl`apply -f web.yaml`;
 * @throws Error of the file system where a file cannot be read or written; RangeError for a path that leads out of the folder
 */
export function nodeFiles(folder: string): FileTree {
  const root = resolve(folder);
  const inside = (path: string): string => {
    const whole = resolve(root, path);
    if (whole !== root && !whole.startsWith(root.endsWith(sep) ? root : root + sep)) {
      throw new RangeError(`${path} is not below ${root}`);
    }
    return whole;
  };
  return {
    read: (path) => (kindOf(inside(path)) === "file" ? readFileSync(inside(path), "utf8") : undefined),
    write(path, text) {
      mkdirSync(dirname(inside(path)), { recursive: true });
      writeFileSync(inside(path), text);
    },
    list: (path) => (kindOf(inside(path)) === "folder" ? filesBelow(inside(path), path).sort() : undefined),
  };
}

function kindOf(path: string): "file" | "folder" | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? "folder" : "file";
}

/** With the folder as it was named before each. */
function filesBelow(folder: string, named: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = named === "." || named === "" ? entry.name : `${named.replace(/\/+$/, "")}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(join(folder, entry.name), name);
    return entry.isFile() ? [name] : [];
  });
}

const chunkBytes = 1 << 20;

/**
 * A file's text in pieces of a megabyte, for `Cluster.apply`.
 *
 * @throws Error of the file system; TypeError for what is no UTF-8
 */
export function* fileChunks(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const bytes = Buffer.alloc(chunkBytes);
    let isPlain = true;
    for (let count = readSync(file, bytes); count > 0; count = readSync(file, bytes)) {
      const piece = bytes.subarray(0, count);
      // As long as it is ASCII a character takes one byte in memory, too. Then the decoder may hold half a character.
      isPlain &&= isAscii(piece);
      yield isPlain ? piece.toString("latin1") : decoder.decode(piece, { stream: true });
    }
    yield decoder.decode();
  } finally {
    closeSync(file);
  }
}
