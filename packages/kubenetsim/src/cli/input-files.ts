import { readdirSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { manifestLimits } from "@kubenetsim/core/apiserver/manifest/limits";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { InputText } from "../cluster/control-plane.ts";
import { fileChunks } from "../node-files.ts";
import type { Terminal } from "./terminal.ts";

/** Text to read objects from, by the name that the user would give it; positions in messages begin with it. */
export type InputFile = InputText;

const endings = [".yaml", ".yml", ".json", ".jsonl"];

/**
 * The texts behind `-f`: files as they are, of folders all YAML and JSON files in them and below in the order of their
 * names, `-` for standard input. Large files are read piece by piece when they are applied.
 *
 * @throws ParseError when one is missing, too large, no text or a folder without such files.
 */
export function readInputFiles(names: readonly string[], terminal: Terminal): InputFile[] {
  if (names.length === 0) {
    throw new ParseError("no input", { hint: "give files, folders or - (standard input) with -f" });
  }
  if (names.filter((name) => name === "-").length > 1) throw new ParseError("standard input can be read only once");
  return names.flatMap((name) => {
    if (name === "-") return [{ source: "<stdin>", text: limited("<stdin>", terminal.readInput()) }];
    const stats = statusOf(name, terminal);
    return stats.isDirectory() ? readFolder(name, terminal) : [inputFile(name, stats, terminal)];
  });
}

function inputFile(name: string, stats: Stats, terminal: Terminal): InputFile {
  if (stats.size <= manifestLimits.characters) return { source: name, text: readFile(name, stats, terminal) };
  return { source: name, chunks: () => chunksOf(name, terminal) };
}

function* chunksOf(name: string, terminal: Terminal): Generator<string> {
  const chunks = attempt(name, () => fileChunks(resolve(terminal.workingDirectory, name)));
  for (;;) {
    const next = attempt(name, () => chunks.next());
    if (next.done === true) return;
    yield next.value;
  }
}

function readFolder(folder: string, terminal: Terminal): InputFile[] {
  const names = filesBelow(folder, terminal);
  if (names.length === 0) {
    throw new ParseError(`${folder}: no file in this folder ends in ${endings.join(", ")}`);
  }
  return names.map((name) => inputFile(name, statusOf(name, terminal), terminal));
}

function filesBelow(folder: string, terminal: Terminal): string[] {
  const entries = readdirSync(resolve(terminal.workingDirectory, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, terminal);
    return entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}

function readFile(name: string, stats: Stats, terminal: Terminal, most: number = manifestLimits.characters): string {
  if (stats.size > most) throw tooLarge(name, stats.size, most);
  const chunks = chunksOf(name, terminal);
  let text = "";
  // What is no plain file, such as a pipe, has a size of 0.
  for (const chunk of chunks) {
    text += chunk;
    if (text.length > most) throw tooLarge(name, text.length, most);
  }
  return text;
}

/** Of a file in which somebody says what they want: an experiment, a cost model. */
export const mostOfSettings: number = 2 ** 20;

/**
 * Reads a file that is no manifest, such as an iptables-save dump.
 *
 * @param most bytes that are read
 * @throws ParseError when it is missing, larger, or no text
 */
export function readTextFile(name: string, terminal: Terminal, most?: number): string {
  return readFile(name, statusOf(name, terminal), terminal, most);
}

function statusOf(name: string, terminal: Terminal): Stats {
  return attempt(name, () => statSync(resolve(terminal.workingDirectory, name)));
}

function limited(name: string, text: string): string {
  if (text.length > manifestLimits.characters) throw tooLarge(name, text.length, manifestLimits.characters);
  return text;
}

function tooLarge(name: string, bytes: number, most: number): ParseError {
  const mebibytes = (count: number): string => `${Math.ceil(count / 2 ** 20)} MiB`;
  return new ParseError(`${name}: is ${mebibytes(bytes)} or more, at most ${mebibytes(most)} are read`, {
    hint: "split it into several files",
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "may not be read (permissions)",
  EISDIR: "is a folder",
  ENOTDIR: "no such file or folder",
};

function attempt<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (problem) {
    const code = (problem as { code?: string }).code ?? "";
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw new ParseError(`${name}: is no UTF-8 text`);
    throw new ParseError(`${name}: ${reasons[code] ?? `cannot be read (${code})`}`);
  }
}
