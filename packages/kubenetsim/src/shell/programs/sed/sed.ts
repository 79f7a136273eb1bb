import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { failed, type Program, type ProgramInput, printed } from "../../program.ts";
import { linesOf, readInputs } from "../read-inputs.ts";
import { type Options, type OptionTable, readOptions } from "../read-options.ts";
import { readScript, ScriptError, type SedAddress, type SedCommand, type Substitution } from "./sed-script.ts";

const table: OptionTable = {
  program: "sed",
  flags: "nEri",
  values: "e",
  long: { quiet: "n", silent: "n", "regexp-extended": "E", "in-place": "i", expression: "e" },
};

/** `sed s/a/b/`, `-i`, `-n`, `-E`, `-e`: what GNU sed 4 does with the commands that are known. */
export const sed: Program = (args, input) => {
  const options = readOptions(args, table);
  const withSuffix = args.find((arg) => /^-[nEr]*i./.test(arg));
  if (withSuffix !== undefined)
    throw new UnsupportedError(`sed ${withSuffix}`, "files are changed in place with -i alone");
  const given = options.values("e");
  const [script, ...operands] = given.length > 0 ? [given.join("\n"), ...options.operands] : options.operands;
  if (script === undefined) return failed("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...");
  try {
    const commands = readScript(script, options.has("E") || options.has("r") ? "extended" : "basic");
    return options.has("i")
      ? inPlace(operands, commands, options, input)
      : streamed(operands, commands, options, input);
  } catch (reason) {
    if (reason instanceof ScriptError) return failed(`sed: ${reason.message}`);
    throw reason;
  }
};

type Run = (
  names: readonly string[],
  commands: readonly SedCommand[],
  options: Options,
  input: ProgramInput,
) => ReturnType<Program>;

/** Each file by itself. */
const inPlace: Run = (names, commands, options, { files }) => {
  if (names.length === 0) return failed("sed: no input files");
  let stderr = "";
  for (const name of names) {
    const text = files.read(name);
    if (text === undefined) stderr += missing(name);
    else files.write(name, edited(text, commands, options.has("n")));
  }
  return { stdout: "", stderr, exitCode: stderr === "" ? 0 : 2 };
};

/** All files as one text. */
const streamed: Run = (names, commands, options, input) => {
  let stderr = "";
  let whole = "";
  for (const { name, text } of readInputs(names, input)) {
    if (text === undefined) stderr += missing(name);
    else whole += text;
  }
  return { ...printed(edited(whole, commands, options.has("n"))), stderr, exitCode: stderr === "" ? 0 : 2 };
};

function missing(name: string): string {
  return `sed: can't read ${name}: No such file or directory\n`;
}

interface Place {
  readonly line: string;
  readonly number: number;
  readonly isLast: boolean;
}

function edited(text: string, commands: readonly SedCommand[], isQuiet: boolean): string {
  const lines = linesOf(text);
  const ends = new Map<SedCommand, SedAddress>();
  const printed: string[] = [];
  for (const [i, original] of lines.entries()) {
    let line: string | undefined = original;
    let quits = false;
    for (const command of commands) {
      if (!isMeant(command, { line, number: i + 1, isLast: i === lines.length - 1 }, ends)) continue;
      if (command.action === "delete") line = undefined;
      else if (command.action === "print") printed.push(line);
      else if (command.action === "quit") quits = true;
      else line = substituted(line, command.action, printed);
      if (line === undefined || quits) break;
    }
    if (line !== undefined && !isQuiet) printed.push(line);
    if (quits) break;
  }
  const whole = printed.map((line) => `${line}\n`).join("");
  return text.endsWith("\n") ? whole : whole.slice(0, -1);
}

/** @param ends the addresses that ranges which have begun wait for */
function isMeant(command: SedCommand, place: Place, ends: Map<SedCommand, SedAddress>): boolean {
  const [from, to] = command.addresses;
  const end = ends.get(command);
  let isIn = true;
  if (end !== undefined) {
    // A range to a line that has passed ends before it.
    isIn = !(end.kind === "line" && place.number > end.number) || fits(from!, place);
    if (fits(end, place) || (end.kind === "line" && place.number >= end.number)) ends.delete(command);
  } else if (from !== undefined) {
    isIn = fits(from, place);
    const isOver = to?.kind === "line" && to.number <= place.number;
    if (isIn && to !== undefined && !isOver && !(to.kind === "last" && place.isLast)) ends.set(command, to);
  }
  return isIn !== command.isNegated;
}

function fits(address: SedAddress, { line, number, isLast }: Place): boolean {
  switch (address.kind) {
    case "line":
      return address.number === number;
    case "last":
      return isLast;
    case "pattern":
      return address.finder.isIn(line);
  }
}

/** A match without a letter does not count right behind another. */
function substituted(line: string, substitution: Substitution, printed: string[]): string {
  const { finder, replacement, first, isGlobal, prints } = substitution;
  let text = "";
  let at = 0;
  let lastEnd = -1;
  let count = 0;
  let isChanged = false;
  for (let match = finder.find(line, 0); match !== undefined; match = finder.find(line, at)) {
    const isEmpty = match.start === match.end;
    text += line.slice(at, match.start);
    if (!isEmpty || match.start !== lastEnd) {
      const found = line.slice(match.start, match.end);
      const isReplaced = ++count >= first;
      text += isReplaced ? replacement.map((part) => part ?? found).join("") : found;
      isChanged ||= isReplaced;
    }
    at = match.end;
    lastEnd = at;
    if (isChanged && !isGlobal) break;
    if (!isEmpty) continue;
    text += line.slice(at, at + 1);
    if (++at > line.length) break;
  }
  const whole = text + line.slice(at);
  if (isChanged && prints) printed.push(whole);
  return whole;
}
