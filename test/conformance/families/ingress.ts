import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type CheckResult, type Family, failed } from "../family.ts";
import { isFileIn } from "../path-of-case.ts";

/** Parts of an expected file that say where it comes from. */
const about: ReadonlySet<string> = new Set(["case", "title", "controller"]);

/** Objects and requests through ingress-nginx; each part of the expected file is one check. */
export const ingress: Family = {
  name: "ingress",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "ingress", ".yaml"),
  *run(path: string): Iterable<CheckResult> {
    const file = join(dirname(path), "expected", basename(path).replace(/\.yaml$/, ".json"));
    const expected = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
    for (const part of Object.keys(expected)) {
      if (!about.has(part)) yield failed(part, "not modelled yet");
    }
  },
};
