import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { randomCommands } from "./command-sequence.ts";
import { comparable } from "./kubectl-comparison.ts";
import { ourAnswers } from "./our-answers.ts";

interface RecordedCommands {
  readonly seed: number;
  readonly commands: readonly (readonly string[])[];
  /** What the real kubectl answered, as `comparable` tells it. */
  readonly answers: readonly string[];
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, "sequences.json"), "utf8"),
) as readonly RecordedCommands[];

/** Random sequences with the answers of kubectl 1.37.2 before a kube-apiserver 1.37.2. */
describe("recorded commands of a real kubectl", () => {
  it.each(recorded.map((one) => [one.seed, one] as const))("seed %i: ours answers the same", (seed, one) => {
    const { setup } = randomCommands(seed);
    const answers = ourAnswers({ setup, commands: one.commands }).map(comparable);
    expect(answers).toEqual(one.answers);
    expect(answers).toHaveLength(one.commands.length);
  });
});
