import type { ProgramInput } from "../program.ts";

export interface InputText {
  /** As it was named; `-` for standard input. */
  readonly name: string;
  /** Undefined where there is no such file. */
  readonly text: string | undefined;
}

/** The files of a program that reads standard input when none is named. */
export function readInputs(names: readonly string[], { files, stdin = "" }: ProgramInput): InputText[] {
  return (names.length === 0 ? ["-"] : names).map((name) => ({ name, text: name === "-" ? stdin : files.read(name) }));
}

/** The lines of a text, without their ends; nothing behind the last end. */
export function linesOf(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
