import { ownField, setField } from "@kubenetsim/core/apiserver/own-field";
import { labelValueErrors } from "@kubenetsim/core/apiserver/validate/names";
import { failure, together } from "../command-error.ts";
import { changeMetadata, type MetadataChange, metadataFlags, type Pairs } from "./change-metadata.ts";
import type { Command } from "./command.ts";

/** `kubectl label` (pkg/cmd/label/label.go). */
export const label: Command = {
  name: "label",
  short: "Update the labels on a resource",
  flags: metadataFlags,
  run: (call) => changeMetadata(call, labels),
};

const labels: MetadataChange = {
  what: "label",
  field: "labels",
  localFile: "pod",
  manager: "kubectl-label",
  alwaysSends: false,
  readPairs,
  checkPairs: () => {},
  check: (current, { set }) => {
    const errors = Object.entries(set)
      .filter(([key, value]) => ownField(current, key) !== undefined && ownField(current, key) !== value)
      .map(([key]) => failure(`'${key}' already has a value (${ownField(current, key)}), and --overwrite is false`));
    if (errors.length > 0) throw together(errors);
  },
  missing: (key) => `label ${JSON.stringify(key)} not found.`,
  outcome: (before, after) => {
    const added = Object.keys(after).some((key) => ownField(before, key) !== ownField(after, key));
    const removed = Object.keys(before).some((key) => ownField(after, key) === undefined);
    if (added && removed) return "modified";
    return added ? "labeled" : removed ? "unlabeled" : "not labeled";
  },
};

function readPairs(words: readonly string[]): Pairs {
  const set: Record<string, string> = {};
  const removed: string[] = [];
  for (const word of words) {
    const [key = "", value, ...more] = word.split("=");
    if (value === undefined) {
      if (!word.endsWith("-")) throw failure(`unknown label spec: ${word}`);
      removed.push(word.slice(0, -1));
      continue;
    }
    if (more.length > 0) throw failure(`invalid label spec: ${word}`);
    const complaints = labelValueErrors(value);
    if (complaints.length > 0) throw failure(`invalid label value: ${JSON.stringify(word)}: ${complaints.join(";")}`);
    setField(set, key, value);
  }
  if (removed.some((key) => ownField(set, key) !== undefined)) {
    throw failure("can not both modify and remove a label in the same command");
  }
  return { set, removed };
}
