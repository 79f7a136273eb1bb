import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { FileTree } from "@kubenetsim/kubectl";

/** The cluster's files as a node's shell sees them: what a real node has besides (/etc, /proc, /sys) is refused, and not said to be absent. */
export function nodeFiles(files: FileTree): FileTree {
  return {
    read(path) {
      const text = files.read(path);
      if (text === undefined && path.startsWith("/")) {
        throw new UnsupportedError(`a node's file ${path}`, "only what was written into the cluster's files is there");
      }
      return text;
    },
    write: (path, text) => files.write(path, text),
    list: (folder) => files.list(folder),
  };
}
