import type { Cell } from "./cells.ts";

const answer = /^(const \w+: [^=]+ = )[^;]+; \/\/ ✎ (.*)$/;

/** How many answers a lesson asks for. */
export function answersOf(cells: readonly Cell[]): number {
  return linesOf(cells).filter((line) => answer.test(line)).length;
}

/**
 * The lesson as a class gets it: a line `const guess: number | undefined = 24; // ✎ how many rules?` has no answer yet.
 *
 * @throws SyntaxError for a line with ✎ that is not of this form
 */
export function classCells(cells: readonly Cell[]): Cell[] {
  const wrong = linesOf(cells).find((line) => line.includes("// ✎") && !answer.test(line));
  if (wrong !== undefined) throw new SyntaxError(`no answer to take out: ${wrong}`);
  return cells.map((cell) => (cell.kind === "code" ? { ...cell, source: unanswered(cell.source) } : cell));
}

function unanswered(source: string): string {
  return source
    .split("\n")
    .map((line) => line.replace(answer, "$1undefined; // ✎ $2"))
    .join("\n");
}

function linesOf(cells: readonly Cell[]): string[] {
  return cells.filter(({ kind }) => kind === "code").flatMap(({ source }) => source.split("\n"));
}
