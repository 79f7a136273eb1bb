import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { CommandResult } from "@kubenetsim/kubectl";
import { failed, type Program } from "../program.ts";
import { LineFinder } from "./pattern/line-finder.ts";
import { literal, matchesNothing, type Pattern, PatternError, type Place } from "./pattern/pattern.ts";
import { readPattern } from "./pattern/posix-pattern.ts";
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
  const given = options.values("e");
  const [patterns, names] =
    given.length > 0 ? [given, options.operands] : [options.operands.slice(0, 1), options.operands.slice(1)];
  if (patterns.length === 0) return failed("Usage: grep [OPTION]... PATTERNS [FILE]...", 2);
  const finder = finderOf(patterns.join("\n"), options);
  if (typeof finder === "string") return failed(`grep: ${finder}`, 2);
  const view = { options, finder, showsName: showsName(options, names) };
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
  readonly finder: LineFinder;
  readonly showsName: boolean;
}

function showsName(options: Options, names: readonly string[]): boolean {
  return options.has("H") || (names.length > 1 && !options.has("h"));
}

/** Each line of the pattern is one to look for. A text is what is wrong with it. */
function finderOf(text: string, options: Options): LineFinder | string {
  try {
    const branches = text.split("\n").map((line) => patternOf(line, options));
    return new LineFinder(bounded({ kind: "either", branches }, options), options.has("i"));
  } catch (reason) {
    if (reason instanceof PatternError) return reason.message;
    throw reason;
  }
}

function patternOf(line: string, options: Options): Pattern {
  if (options.has("F")) return literal(line);
  return readPattern(line, options.has("E") ? "extended" : "basic");
}

/** `-x` wants the whole line, `-w` whole words. */
function bounded(pattern: Pattern, options: Options): Pattern {
  const within = (before: Place, after: Place): Pattern => ({
    kind: "sequence",
    parts: [{ kind: "assertion", place: before }, pattern, { kind: "assertion", place: after }],
  });
  if (options.has("w") && matchesNothing(pattern)) {
    throw new UnsupportedError("grep -w of a pattern that matches no letter", "give it one");
  }
  if (options.has("x")) return within("line start", "line end");
  if (!options.has("w")) return pattern;
  return within("not behind a word's letter", "not before a word's letter");
}

function linesFound(name: string, text: string, view: View): { readonly text: string; readonly count: number } {
  const { options, finder, showsName } = view;
  const most = options.value("m") === undefined ? Number.POSITIVE_INFINITY : lineCount("m", options);
  const lines = linesOf(text);
  const found: number[] = [];
  for (const [i, line] of lines.entries()) {
    if (found.length >= most) break;
    if (finder.isIn(line) !== options.has("v")) found.push(i);
  }
  const count = found.length;
  if (options.has("l")) return { text: count > 0 ? `${name}\n` : "", count };
  if (options.has("c")) return { text: `${showsName ? `${name}:` : ""}${count}\n`, count };
  if (options.has("o")) return { text: textOf(matchesOf(name, lines, found, view)), count };
  return { text: textOf(withContext(name, lines, found, view)), count };
}

function matchesOf(name: string, lines: readonly string[], found: readonly number[], view: View): string[] {
  if (view.options.has("v")) return [];
  return found.flatMap((i) => view.finder.matches(lines[i]!).map((match) => `${prefixOf(name, i, ":", view)}${match}`));
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
