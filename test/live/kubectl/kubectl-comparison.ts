import type { CommandResult } from "@kubenetsim/kubectl";
import { printJson, sortedKeys } from "@kubenetsim/kubectl/output/json";
import { CannotCompare, type Comparison } from "../comparison.ts";
import type { Difference } from "../difference.ts";
import { type CommandSequence, randomCommands } from "./command-sequence.ts";
import { masked } from "./masked.ts";
import { ourAnswers } from "./our-answers.ts";
import { type RealKubectl, realAnswers } from "./real-answers.ts";

/** The real kubectl before a real API server: what it prints and how it ends, command by command. */
export function kubectlComparison(real: RealKubectl): Comparison<CommandSequence, readonly CommandResult[]> {
  return {
    casesAtOnce: 1,
    removable: { lists: new Set(["commands"]), fields: new Set() },
    draw: randomCommands,
    ask: async (cases) => {
      if (real.kubeconfig === "") throw new CannotCompare("--kubeconfig names no real API server");
      return cases.map((one) => realAnswers(one, real));
    },
    differenceOf,
    record: (one, answers) => ({ ...one, answers: answers.map(comparable) }),
  };
}

function differenceOf(one: CommandSequence, answers: readonly CommandResult[]): Difference | undefined {
  let own: CommandResult[];
  try {
    own = ourAnswers(one);
  } catch (problem) {
    return { step: 0, where: "our own", text: String((problem as Error).stack) };
  }
  const said = (answer: CommandResult, i: number): string => inOneOrder(comparable(answer), one.commands[i]!);
  const at = answers.findIndex((answer, i) => said(answer, i) !== said(own[i]!, i));
  if (at < 0) return undefined;
  const typed = one.commands.slice(0, at + 1).map((words) => `  $ kubectl ${words.join(" ")}`);
  const text = `${typed.join("\n")}\n--- real\n${comparable(answers[at]!)}--- ours\n${comparable(own[at]!)}`;
  return { step: at + 1, where: one.commands[at]![0] ?? "", text: `\n${text}` };
}

/** All that a command leaves behind as one text, without what is drawn. Of JSON the order of the keys counts for nothing. */
export function comparable({ stdout, stderr, exitCode }: CommandResult): string {
  return masked(`${inOrder(stdout)}# stderr:\n${stderr}# exit: ${exitCode}\n`);
}

/** Labels of `--list` come in any order. */
function inOneOrder(text: string, words: readonly string[]): string {
  return words.includes("--list") ? text.split("\n").sort().join("\n") : text;
}

function inOrder(text: string): string {
  if (!text.startsWith("{")) return text;
  try {
    return printJson(sortedKeys(JSON.parse(text)));
  } catch {
    return text;
  }
}
