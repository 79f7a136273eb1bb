import { readFileSync } from "node:fs";
import { type CheckResult, type Family, failed, passed } from "../family.ts";
import { replay } from "../ipvs/replay.ts";
import type { Sequence } from "../ipvs/sequence.ts";
import { checkTexts } from "../ipvs/text.ts";
import { isFileIn } from "../path-of-case.ts";

/**
 * Sequences of picks, one a line; what the virtual server held after each event is compared too. In the folder `text`
 * stands what ipvsadm printed.
 */
export const ipvsSchedulers: Family = {
  name: "ipvs-schedulers",
  claims: (path, isFolder) =>
    isFolder ? path.endsWith("/ipvs-schedulers/text") : isFileIn(path, "ipvs-schedulers", ".jsonl"),
  *run(path: string): Iterable<CheckResult> {
    if (!path.endsWith(".jsonl")) {
      yield* checkTexts(path);
      return;
    }
    for (const line of readFileSync(path, "utf8").split("\n")) {
      if (line !== "") yield* checkSequence(JSON.parse(line) as Sequence);
    }
  },
};

function* checkSequence(sequence: Sequence): Iterable<CheckResult> {
  const { id, scheduler } = sequence;
  const groups = [`${scheduler} picks`, `${scheduler} states`] as const;
  try {
    const { picks, states } = replay(sequence);
    yield compare(groups[0], id, "pick", sequence.picks, picks);
    if (sequence.states !== undefined) yield compare(groups[1], id, "state", sequence.states, states);
  } catch (problem) {
    for (const group of groups) yield failed(group, String(problem), id);
  }
}

function compare(
  group: string,
  id: string,
  what: string,
  expected: readonly unknown[],
  actual: readonly unknown[],
): CheckResult {
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    const [want, got] = [JSON.stringify(expected[i]), JSON.stringify(actual[i])];
    if (want !== got) return failed(group, `${what} ${i}: expected ${want}, got ${got}`, id);
  }
  return passed(group, id);
}
