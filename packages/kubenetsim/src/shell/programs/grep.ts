import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { CommandResult } from "@kubenetsim/kubectl";
import { failed, type Program } from "../program.ts";
import { jsPattern } from "./posix-pattern.ts";
import { linesOf, readInputs, textOf } from "./read-inputs.ts";
import { type Options, type OptionTable, readOptions } from "./read-options.ts";

const table: OptionTable = {
  program: "grep",
  flags: "vicnEFwxoqhHlG",
  values: "ABCem",
  long: {
    "invert-match": "v",
    "ignore-case": "i",
    count: "c",
    "line-number": "n",
    "extended-regexp": "E",
    "fixed-strings": "F",
    "basic-regexp": "G",
    "word-regexp": "w",
    "line-regexp": "x",
    "only-matching": "o",
    quiet: "q",
    silent: "q",
    "no-filename": "h",
    "with-filename": "H",
    "files-with-matches": "l",
    "after-context": "A",
    "before-context": "B",
    context: "C",
    regexp: "e",
    "max-count": "m",
  },
};

/** `grep`, `grep -E` and `grep -F` of GNU grep 3 with the options that select and show lines. Exit code 1: no line. */
export const grep: Program = (args, input) => {
  const options = readOptions(args, table);
  const [first, ...rest] = options.operands;
  const pattern = options.value("e") ?? first;
  if (pattern === undefined) return failed("Usage: grep [OPTION]... PATTERNS [FILE]...", 2);
  const names = options.value("e") === undefined ? rest : options.operands;
  const view = { options, expression: expressionOf(pattern, options), showsName: showsName(options, names) };
  let stdout = "";
  let stderr = "";
  let selected = 0;
  for (const { name, text } of readInputs(names, input)) {
    if (text === undefined) stderr += `grep: ${name}: No such file or directory\n`;
    else {
      const found = linesFound(name === "-" ? "(standard input)" : name, text, view);
      stdout += found.text;
      selected += found.count;
    }
  }
  if (options.has("q")) return { stdout: "", stderr, exitCode: selected > 0 ? 0 : stderr === "" ? 1 : 2 };
  return { stdout, stderr, exitCode: stderr !== "" ? 2 : selected > 0 ? 0 : 1 } satisfies CommandResult;
};

interface View {
  readonly options: Options;
  readonly expression: RegExp;
  readonly showsName: boolean;
}

function showsName(options: Options, names: readonly string[]): boolean {
  return options.has("H") || (names.length > 1 && !options.has("h"));
}

/** Each line of the pattern is one to look for. */
function expressionOf(pattern: string, options: Options): RegExp {
  const kind = options.has("F") ? "fixed" : options.has("E") ? "extended" : "basic";
  const either = pattern
    .split("\n")
    .map((one) => `(?:${jsPattern(one, kind)})`)
    .join("|");
  const bounded = options.has("x") ? `^(?:${either})$` : options.has("w") ? `(?<!\\w)(?:${either})(?!\\w)` : either;
  try {
    return new RegExp(bounded, options.has("i") ? "gi" : "g");
  } catch {
    throw new UnsupportedError(`the pattern ${JSON.stringify(pattern)}`, "grep");
  }
}

function linesFound(name: string, text: string, view: View): { readonly text: string; readonly count: number } {
  const { options, expression, showsName } = view;
  const most = options.value("m") === undefined ? Number.POSITIVE_INFINITY : lineCount("m", options);
  const lines = linesOf(text);
  const found: number[] = [];
  for (const [i, line] of lines.entries()) {
    if (found.length >= most) break;
    expression.lastIndex = 0;
    const match = expression.exec(line);
    if (match?.[0] === "" && options.has("w")) {
      throw new UnsupportedError("grep -w of a pattern that matches no letter", "give it one");
    }
    if ((match !== null) !== options.has("v")) found.push(i);
  }
  const count = found.length;
  if (options.has("l")) return { text: count > 0 ? `${name}\n` : "", count };
  if (options.has("c")) return { text: `${showsName ? `${name}:` : ""}${count}\n`, count };
  if (options.has("o")) return { text: textOf(matchesOf(name, lines, found, view)), count };
  return { text: textOf(withContext(name, lines, found, view)), count };
}

function matchesOf(name: string, lines: readonly string[], found: readonly number[], view: View): string[] {
  if (view.options.has("v")) return [];
  return found.flatMap((i) =>
    [...lines[i]!.matchAll(view.expression)]
      .filter(([match]) => match !== "")
      .map(([match]) => `${prefixOf(name, i, ":", view)}${match}`),
  );
}

/** The lines found with those around them; `--` stands between parts that do not meet. */
function withContext(name: string, lines: readonly string[], found: readonly number[], view: View): string[] {
  const { options } = view;
  const around = options.value("C") === undefined ? 0 : lineCount("C", options);
  const before = options.value("B") === undefined ? around : lineCount("B", options);
  const after = options.value("A") === undefined ? around : lineCount("A", options);
  const isFound = new Set(found);
  const shown: string[] = [];
  let last = -1;
  for (const [n, at] of found.entries()) {
    const from = Math.max(at - before, last + 1);
    if (n > 0 && from > last + 1 && before + after > 0) shown.push("--");
    const to = Math.min(at + after, lines.length - 1);
    for (let i = from; i <= to; i++) {
      if (i > at && isFound.has(i)) break;
      shown.push(`${prefixOf(name, i, isFound.has(i) ? ":" : "-", view)}${lines[i]}`);
      last = i;
    }
  }
  return shown;
}

function prefixOf(name: string, index: number, mark: ":" | "-", { options, showsName }: View): string {
  return `${showsName ? `${name}${mark}` : ""}${options.has("n") ? `${index + 1}${mark}` : ""}`;
}

function lineCount(letter: string, options: Options): number {
  const text = options.value(letter)!;
  if (!/^\d+$/.test(text)) throw new UnsupportedError(`grep -${letter} ${text}`, "a number of lines is wanted");
  return Number(text);
}
