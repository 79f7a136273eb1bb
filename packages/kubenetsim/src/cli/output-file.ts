import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Terminal } from "./terminal.ts";

/** Writes a file and returns its name as the user would say it. @throws ParseError when it cannot be written. */
export function writeTextFile(name: string, text: string, terminal: Terminal): string {
  try {
    writeFileSync(resolve(terminal.workingDirectory, name), text);
  } catch (problem) {
    const code = (problem as { code?: string }).code ?? "";
    const reason = code === "ENOENT" ? "its folder does not exist" : code === "EISDIR" ? "it is a folder" : code;
    throw new ParseError(`${name}: cannot be written: ${reason}`);
  }
  return name;
}
