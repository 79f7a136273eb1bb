import { ownField, setField } from "@kubenetsim/core/apiserver/own-field";
import { failure } from "../command-error.ts";
import { changeMetadata, type MetadataChange, metadataFlags, type Pairs } from "./change-metadata.ts";
import type { Command } from "./command.ts";

/** `kubectl annotate` (pkg/cmd/annotate/annotate.go). */
export const annotate: Command = {
  name: "annotate",
  short: "Update the annotations on a resource",
  flags: metadataFlags,
  run: (call) => changeMetadata(call, annotations),
};

const changeCause = "kubernetes.io/change-cause";

const annotations: MetadataChange = {
  what: "annotation",
  field: "annotations",
  localFile: "rsrc",
  manager: "kubectl-annotate",
  alwaysSends: true,
  readPairs,
  checkPairs: ({ set, removed }) => {
    const both = removed.filter((key) => ownField(set, key) !== undefined);
    if (both.length === 0) return;
    throw failure(`can not both modify and remove the following annotation(s) in the same command: ${both.join(", ")}`);
  },
  check: (current, { set }) => {
    const taken = Object.entries(set)
      .filter(
        ([key, value]) =>
          key !== changeCause && ownField(current, key) !== undefined && ownField(current, key) !== value,
      )
      .map(([key]) => `'${key}' already has a value (${ownField(current, key)})`);
    if (taken.length === 0) return;
    throw failure(`--overwrite is false but found the following declared annotation(s): ${taken.join("; ")}`);
  },
  missing: () => undefined,
  outcome: () => "annotated",
};

function readPairs(words: readonly string[]): Pairs {
  const set: Record<string, string> = {};
  const removed: string[] = [];
  for (const word of words) {
    const at = word.indexOf("=");
    if (at > 0) setField(set, word.slice(0, at), word.slice(at + 1));
    else removed.push(word.slice(0, -1));
  }
  return { set, removed };
}
