import { accessSync, constants, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Terminal } from "./terminal.ts";

/**
 * Writes a file and returns its name as the user would say it. What stood in it before stays there until all of the new text is written.
 *
 * @throws ParseError when it cannot be written.
 */
export function writeTextFile(name: string, text: string, terminal: Terminal): string {
  const path = resolve(terminal.workingDirectory, name);
  attempt(name, () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() === true) replaceFile(realpathSync(path), text, stats.mode);
    else writeFileSync(path, text);
  });
  return name;
}

/** By a file beside it, where there may be one. */
function replaceFile(path: string, text: string, mode: number): void {
  const beside = `${path}.new`;
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch {
    writeFileSync(path, text);
    return;
  }
  try {
    writeFileSync(beside, text, { mode });
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
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
