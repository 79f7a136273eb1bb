import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { base64 } from "@kubenetsim/core/runtime/base64";
import type { IngressCase } from "@kubenetsim/testing/ingress/ingress-case";
import { keyPairs } from "@kubenetsim/testing/ingress/key-pairs";
import { repositoryRoot } from "../repository-root.ts";
import type { StepView, UsualFacts } from "./step-view.ts";

/** Cases with what the real controller made of each step. */
export interface RecordedLives {
  readonly usual: UsualFacts;
  readonly lives: readonly RecordedLife[];
}

export interface RecordedLife {
  readonly seed: number;
  readonly case: IngressCase;
  readonly steps: readonly StepView[];
}

export const recordedFile = join(repositoryRoot, "test/live/ingress/lives.json");

/** What stands in the file in the place of long texts. */
const shortened: readonly (readonly [text: string, short: string])[] = keyPairs.flatMap(({ certificate, key }, i) => [
  [base64(certificate), `certificate ${i}`],
  [base64(key), `key ${i}`],
]);

/** The file: texts of lines and objects stand in it once, and their numbers where they are used. */
interface LivesFile {
  readonly usual: UsualFacts;
  readonly lines: readonly string[];
  readonly objects: readonly ApiObject[];
  readonly lives: readonly FiledLife[];
}

interface FiledLife extends Omit<RecordedLife, "case" | "steps"> {
  readonly options: IngressCase["options"];
  /** Numbers of objects, or what is deleted. */
  readonly changes: readonly (readonly (number | string)[])[];
  readonly steps: readonly FiledStep[];
}

interface FiledStep extends Omit<StepView, "log" | "running"> {
  readonly log: readonly number[];
  readonly running?: readonly number[];
}

export function readLives(): RecordedLives {
  const text = readFileSync(recordedFile, "utf8");
  const whole = shortened.reduce((left, [long, short]) => left.replaceAll(`"${short}"`, `"${long}"`), text);
  const { usual, lines, objects, lives } = JSON.parse(whole) as LivesFile;
  const textsOf = (numbers: readonly number[]): string[] => numbers.map((number) => lines[number]!);
  return {
    usual,
    lives: lives.map(({ seed, options, changes, steps }) => ({
      seed,
      case: {
        options,
        steps: changes.map((all) => ({
          changes: all.map((change) => (typeof change === "string" ? { deleted: change } : { put: objects[change]! })),
        })),
      },
      steps: steps.map(({ log, running, ...rest }) => ({
        ...rest,
        log: textsOf(log),
        ...(running !== undefined && { running: textsOf(running) }),
      })),
    })),
  };
}

export function livesText({ usual, lives }: RecordedLives): string {
  const [lines, objects] = [new Numbered(), new Numbered()];
  const filed = lives.map(({ seed, case: { options, steps: changes }, steps }) => ({
    seed,
    options,
    changes: changes.map((step) =>
      step.changes.map((change) => ("put" in change ? objects.numberOf(JSON.stringify(change.put)) : change.deleted)),
    ),
    steps: steps.map(({ log, running, ...rest }) => ({
      ...rest,
      log: log.map((line) => lines.numberOf(line)),
      ...(running !== undefined && { running: running.map((line) => lines.numberOf(line)) }),
    })),
  }));
  const list = (texts: readonly string[]): string => `[\n${texts.join(",\n")}\n]`;
  const text = `{"usual":${JSON.stringify(usual)},
"lines":${list(lines.texts.map((line) => JSON.stringify(line)))},
"objects":${list(objects.texts)},
"lives":${list(filed.map((life) => JSON.stringify(life)))}}
`;
  return shortened.reduce((left, [long, short]) => left.replaceAll(`"${long}"`, `"${short}"`), text);
}

class Numbered {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}
