import { readFileSync } from "node:fs";
import { type CheckResult, type Family, failed } from "../family.ts";
import { isFileIn } from "../path-of-case.ts";

/** Sequences of picks, one a line. */
export const ipvsSchedulers: Family = {
  name: "ipvs-schedulers",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "ipvs-schedulers", ".jsonl"),
  *run(path: string): Iterable<CheckResult> {
    for (const line of readFileSync(path, "utf8").split("\n")) {
      if (line === "") continue;
      const sequence = JSON.parse(line) as { id: string; scheduler: string };
      yield failed(sequence.scheduler, "not modelled yet", sequence.id);
    }
  },
};
