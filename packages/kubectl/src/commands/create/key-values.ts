import { configMapKey } from "@kubenetsim/core/apiserver/validate/names";
import { failure } from "../../command-error.ts";
import type { Flag, FlagValues } from "../../flags/flag.ts";
import type { FileTree } from "../../host.ts";
import { envFilePairs } from "./env-file.ts";

export const sourceFlags: readonly Flag[] = [
  { name: "append-hash", kind: "bool" },
  { name: "from-env-file", kind: "stringSlice" },
  { name: "from-file", kind: "stringSlice" },
  { name: "from-literal", kind: "stringArray" },
];

/** How a kind words that a key cannot be. */
export interface KeyProblems {
  readonly invalid: (key: string, complaints: readonly string[]) => string;
  readonly doubled: (key: string) => string;
}

/** One value of a ConfigMap or a Secret. */
export type KeyValue = readonly [key: string, value: string];

/**
 * Puts values below their keys, in the order of the keys.
 *
 * @throws CommandError for a key that is invalid or there twice
 */
export function collect(pairs: Iterable<KeyValue>, problems: KeyProblems): Record<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of pairs) {
    const complaints = configMapKey(key);
    if (complaints.length > 0) throw failure(problems.invalid(key, complaints));
    if (values.has(key)) throw failure(problems.doubled(key));
    values.set(key, value);
  }
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws CommandError when files of variables stand beside other sources */
export function checkSources(flags: FlagValues): void {
  const others = [...flags.list("from-file"), ...flags.list("from-literal")];
  if (flags.list("from-env-file").length > 0 && others.length > 0) {
    throw failure("from-env-file cannot be combined with from-file or from-literal");
  }
}

/** `--from-literal=key=value`. */
export function* literalValues(flags: FlagValues): Generator<KeyValue> {
  for (const source of flags.list("from-literal")) {
    const at = source.indexOf("=");
    if (at <= 0) throw failure(`invalid literal source ${source}, expected key=value`);
    yield [source.slice(0, at), source.slice(at + 1)];
  }
}

/** `--from-file=[key=]path`: of a folder, each file directly in it. */
export function* fileValues(sources: readonly string[], files: FileTree): Generator<KeyValue> {
  for (const source of sources) {
    const { key, path } = readFileSource(source);
    const text = files.read(path);
    if (text !== undefined) {
      yield [key, text];
      continue;
    }
    const inside = files.list(path);
    if (inside === undefined) throw failure(`error reading ${path}: no such file or directory`);
    if (source.includes("=")) throw failure("cannot give a key name for a directory path");
    const folder = path.replace(/\/+$/, "");
    for (const file of inside) {
      const name = file.slice(file.lastIndexOf("/") + 1);
      if (file === `${folder}/${name}` || (folder === "." && file === name)) yield [name, files.read(file) ?? ""];
    }
  }
}

/** `--from-env-file=path`: a variable a line. */
export function* variableValues(flags: FlagValues, files: FileTree, what: string): Generator<KeyValue> {
  for (const path of flags.list("from-env-file")) {
    const text = files.read(path);
    if (text !== undefined) yield* envFilePairs(text, path);
    else if (files.list(path) !== undefined) throw failure(`env ${what} file cannot be a directory`);
    else throw failure(`error reading ${path}: no such file or directory`);
  }
}

function readFileSource(source: string): { key: string; path: string } {
  const parts = source.split("=");
  const [first = "", second = ""] = parts;
  if (parts.length === 1) return { key: first.slice(first.lastIndexOf("/") + 1), path: first };
  if (parts.length > 2) throw failure("key names or file paths cannot contain '='");
  if (first === "") throw failure(`key name for file path ${second} missing`);
  if (second === "") throw failure(`file path for key name ${first} missing`);
  return { key: first, path: second };
}
