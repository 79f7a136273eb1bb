import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CheckResult, type Family, failed } from "../family.ts";
import { isFolderIn } from "../path-of-case.ts";

/** Whole small clusters; each expected file is one check. */
export const cluster: Family = {
  name: "cluster",
  claims: (path, isFolder) => isFolder && isFolderIn(path, "cluster"),
  *run(path: string): Iterable<CheckResult> {
    for (const file of filesUnder(join(path, "expected"), "")) yield failed(groupOf(file), "not modelled yet", file);
  },
};

function* filesUnder(root: string, relative: string): Generator<string> {
  for (const name of readdirSync(join(root, relative)).sort()) {
    const file = relative === "" ? name : `${relative}/${name}`;
    if (statSync(join(root, file)).isDirectory()) yield* filesUnder(root, file);
    else if (name !== "log.txt" && name !== "config.yaml") yield file;
  }
}

function groupOf(file: string): string {
  return file
    .split("/")
    .at(-1)!
    .replace(/\.\w+$/, "");
}
