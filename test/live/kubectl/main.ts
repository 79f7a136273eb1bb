import { seededRandom } from "@kubenetsim/core/runtime/random";
import { printJson, sortedKeys } from "@kubenetsim/kubectl/output/json";
import { type CommandSequence, randomSequence } from "./command-sequence.ts";
import { masked } from "./masked.ts";
import { type CommandAnswer, ourAnswers } from "./our-answers.ts";
import { realAnswers } from "./real-answers.ts";

const [kubectl = "", kubeconfig = "", first = "0", count = "20"] = process.argv.slice(2);
let differing = 0;
let commands = 0;
for (let id = Number(first); id < Number(first) + Number(count); id++) {
  const sequence = randomSequence(seededRandom(`kubectl/${id}`), id);
  const real = realAnswers(sequence, { kubectl, kubeconfig });
  commands += real.length;
  const at = firstDifference(sequence, real, ourAnswers(sequence));
  if (at !== undefined) differing++;
}
console.log(`${count} sequences, ${commands} commands: ${differing} sequences differ`);

function firstDifference(
  { commands: lines }: CommandSequence,
  real: readonly CommandAnswer[],
  ours: readonly CommandAnswer[],
): number | undefined {
  const at = real.findIndex((answer, i) => shown(answer) !== shown(ours[i]!));
  if (at < 0) return undefined;
  for (const words of lines.slice(0, at)) console.log(`    $ kubectl ${words.join(" ")}`);
  console.log(`  $ kubectl ${lines[at]!.join(" ")}\n--- real\n${shown(real[at]!)}--- ours\n${shown(ours[at]!)}`);
  return at;
}

function shown({ stdout, stderr, exitCode }: CommandAnswer): string {
  return masked(`${sorted(stdout)}# stderr:\n${stderr}# exit: ${exitCode}\n`);
}

/** JSON with its keys in order. */
function sorted(text: string): string {
  if (!text.startsWith("{")) return text;
  try {
    return printJson(sortedKeys(JSON.parse(text)));
  } catch {
    return text;
  }
}
