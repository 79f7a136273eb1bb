import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Terminal } from "./terminal.ts";

/** Writes a file and returns its name as the user would say it. @throws ParseError when it cannot be written. */
export function writeTextFile(name: string, text: string, terminal: Terminal): string {
  attempt(name, () => writeFileSync(resolve(terminal.workingDirectory, name), text));
  return name;
}

/** Asked before the work whose result goes there. @throws ParseError when it cannot be written. */
export function requireWritable(name: string, terminal: Terminal): void {
  const path = resolve(terminal.workingDirectory, name);
  attempt(name, () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) throw Object.assign(new Error(name), { code: "EISDIR" });
    accessSync(stats === undefined ? dirname(path) : path, constants.W_OK);
  });
}

function attempt(name: string, action: () => void): void {
  try {
    action();
  } catch (problem) {
    throw new ParseError(`${name}: cannot be written: ${writeReason((problem as { code?: string }).code ?? "")}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder does not exist",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the device",
};

/** What the code of a failed write means. */
export function writeReason(code: string): string {
  return reasons[code] ?? code;
}
