import type { Command } from "./commands/command.ts";

/** In which order the real kubectl knows its commands (pkg/cmd/cmd.go). */
const order = (
  "create expose run set explain get edit delete rollout scale autoscale certificate cluster-info top cordon uncordon " +
  "drain taint describe logs attach exec port-forward proxy cp auth debug events diff apply patch replace wait kustomize " +
  "label annotate completion alpha config plugin version api-versions api-resources options kuberc"
).split(" ");

const mostEdits = 2;

/** What is said of a command that there is not: those with a name like it (github.com/spf13/cobra, SuggestionsFor). */
export function unknownCommand(word: string, commands: readonly Command[]): string {
  const typed = word.toLowerCase();
  const isLike = ({ name, suggestFor = [] }: Command): boolean =>
    editDistance(typed, name) <= mostEdits || name.startsWith(typed) || suggestFor.includes(typed);
  const suggested = commands
    .filter(isLike)
    .map(({ name }) => name)
    .sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const hint =
    suggested.length === 0 ? "" : `\n\nDid you mean this?\n${suggested.map((name) => `\t${name}\n`).join("")}`;
  return `error: unknown command ${JSON.stringify(word)} for "kubectl"${hint}`;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost));
    }
    row = next;
  }
  return row[b.length]!;
}
