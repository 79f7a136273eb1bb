import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { type Program, printed } from "../program.ts";
import { linesOf, readInputs, textOf } from "./read-inputs.ts";
import { readOptions } from "./read-options.ts";

/** Programs of GNU coreutils that take a text by its lines, in the C locale. */
export const cat: Program = (args, input) => {
  const options = readOptions(args, { program: "cat", flags: "n" });
  const { text, stderr } = joined("cat", options.operands, input);
  const lines = options.has("n") ? linesOf(text).map((line, i) => `${String(i + 1).padStart(6)}\t${line}`) : undefined;
  return { stdout: lines === undefined ? text : textOf(lines), stderr, exitCode: stderr === "" ? 0 : 1 };
};

/** `head`, `head -3`, `head -n 3`, `head -n -3`, `head -c 20`. */
export const head: Program = (args, input) => {
  const options = readOptions(withOldCount(args), {
    program: "head",
    flags: "q",
    values: "nc",
    long: { lines: "n", bytes: "c" },
  });
  return eachFile("head", options.operands, options.has("q"), input, (text) => {
    const letters = options.value("c");
    if (letters !== undefined) return text.slice(0, amount("head", letters));
    const count = options.value("n") ?? "10";
    const lines = textOf(linesOf(text).slice(0, amount("head", count)));
    return text.endsWith("\n") || lines.length <= text.length ? lines : lines.slice(0, -1);
  });
};

/** `tail`, `tail -3`, `tail -n 3`, `tail -n +3`. */
export const tail: Program = (args, input) => {
  const options = readOptions(withOldCount(args), {
    program: "tail",
    flags: "q",
    values: "nc",
    long: { lines: "n", bytes: "c" },
  });
  return eachFile("tail", options.operands, options.has("q"), input, (text) => {
    const isBytes = options.value("c") !== undefined;
    const given = options.value("c") ?? options.value("n") ?? "10";
    const count = Math.abs(amount("tail", given.replace(/^\+/, "")));
    const units = isBytes ? [...text] : text.split(/(?<=\n)/);
    if (given.startsWith("+")) return units.slice(Math.max(count - 1, 0)).join("");
    return units.slice(Math.max(units.length - count, 0)).join("");
  });
};

/** `wc -l`, `wc`: lines, words, bytes; right-aligned as GNU wc does where several numbers or files stand. */
export const wc: Program = (args, input) => {
  const options = readOptions(args, {
    program: "wc",
    flags: "lwcm",
    long: { lines: "l", words: "w", bytes: "c", chars: "m" },
  });
  const chosen = ["l", "w", "m", "c"].filter((letter) => options.has(letter));
  const columns = chosen.length === 0 ? ["l", "w", "c"] : chosen;
  const inputs = readInputs(options.operands, input);
  const rows = inputs.flatMap(({ name, text }) =>
    text === undefined ? [] : [{ name, counts: columns.map((letter) => countOf(letter, text)) }],
  );
  const stderr = inputs
    .filter(({ text }) => text === undefined)
    .map(({ name }) => `wc: ${name}: No such file or directory\n`)
    .join("");
  if (inputs.length > 1) {
    rows.push({ name: "total", counts: columns.map((_, i) => rows.reduce((sum, { counts }) => sum + counts[i]!, 0)) });
  }
  const width = widthOfCounts(
    columns.length,
    inputs.map(({ text }) => text),
    options.operands,
  );
  const lines = rows.map(({ name, counts }) => {
    const numbers = counts.map((count) => String(count).padStart(width)).join(" ");
    return options.operands.length === 0 ? numbers : `${numbers} ${name}`;
  });
  return { stdout: textOf(lines), stderr, exitCode: stderr === "" ? 0 : 1 };
};

/** coreutils src/wc.c, compute_number_width: of the files' sizes together; 7 where a size is not known before reading. */
function widthOfCounts(columns: number, texts: readonly (string | undefined)[], names: readonly string[]): number {
  if (columns === 1 && texts.length === 1) return 1;
  if (names.length === 0 || names.includes("-")) return 7;
  const size = texts.reduce((sum, text) => sum + (text === undefined ? 0 : countOf("c", text)), 0);
  return String(size).length;
}

function countOf(letter: string, text: string): number {
  if (letter === "l") return text.split("\n").length - 1;
  if (letter === "w") return text.split(/\s+/).filter((word) => word !== "").length;
  return letter === "m" ? [...text].length : new TextEncoder().encode(text).length;
}

/** `sort`, `-r`, `-n`, `-u`: by bytes. */
export const sort: Program = (args, input) => {
  const options = readOptions(args, {
    program: "sort",
    flags: "rnu",
    long: { reverse: "r", "numeric-sort": "n", unique: "u" },
  });
  const { text, stderr } = joined("sort", options.operands, input);
  if (stderr !== "") return { stdout: "", stderr: stderr.replace("sort: ", "sort: cannot read: "), exitCode: 2 };
  const numeric = (line: string): number => Number(/^\s*(-?\d*\.?\d*)/.exec(line)![1]!.replace(/^-?\.?$/, "0"));
  const byKey = (a: string, b: string): number => (options.has("n") ? numeric(a) - numeric(b) : byBytes(a, b));
  const sign = options.has("r") ? -1 : 1;
  const unique = options.has("u");
  const lines = linesOf(text).sort((a, b) => sign * (byKey(a, b) || (unique ? 0 : byBytes(a, b))));
  return printed(textOf(unique ? lines.filter((line, i) => i === 0 || byKey(line, lines[i - 1]!) !== 0) : lines));
};

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `uniq`, `-c`, `-d`, `-u`: lines that follow each other. */
export const uniq: Program = (args, input) => {
  const options = readOptions(args, {
    program: "uniq",
    flags: "cdu",
    long: { count: "c", repeated: "d", unique: "u" },
  });
  const { text, stderr } = joined("uniq", options.operands.slice(0, 1), input);
  const groups: { line: string; count: number }[] = [];
  for (const line of linesOf(text)) {
    const last = groups.at(-1);
    if (last?.line === line) last.count++;
    else groups.push({ line, count: 1 });
  }
  const shown = groups.filter(({ count }) => (!options.has("d") || count > 1) && (!options.has("u") || count === 1));
  const lines = shown.map(({ line, count }) => (options.has("c") ? `${String(count).padStart(7)} ${line}` : line));
  return { stdout: textOf(lines), stderr, exitCode: stderr === "" ? 0 : 1 };
};

/** The texts of all files, one behind the other, and what there is to complain of. */
function joined(
  program: string,
  names: readonly string[],
  input: Parameters<Program>[1],
): { readonly text: string; readonly stderr: string } {
  let text = "";
  let stderr = "";
  for (const one of readInputs(names, input)) {
    if (one.text === undefined) stderr += `${program}: ${one.name}: No such file or directory\n`;
    else text += one.text;
  }
  return { text, stderr };
}

/** Of several files each has its name above it. */
function eachFile(
  program: string,
  names: readonly string[],
  isQuiet: boolean,
  input: Parameters<Program>[1],
  part: (text: string) => string,
): ReturnType<Program> {
  let stdout = "";
  let stderr = "";
  for (const { name, text } of readInputs(names, input)) {
    if (text === undefined) stderr += `${program}: cannot open '${name}' for reading: No such file or directory\n`;
    else {
      const title = `==> ${name === "-" ? "standard input" : name} <==\n`;
      stdout += names.length > 1 && !isQuiet ? `${stdout === "" ? "" : "\n"}${title}` : "";
      stdout += part(text);
    }
  }
  return { stdout, stderr, exitCode: stderr === "" ? 0 : 1 };
}

/** `head -3` is `head -n 3`. */
function withOldCount(args: readonly string[]): string[] {
  return args.flatMap((arg, i) =>
    /^-\d+$/.test(arg) && !/^-[nc]$/.test(args[i - 1] ?? "") ? ["-n", arg.slice(1)] : [arg],
  );
}

function amount(program: string, text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new UnsupportedError(`${program} ${text}`, "a number of lines or bytes is wanted");
}
