import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "kubenetsim/cli/main";
import type { Terminal } from "kubenetsim/cli/terminal";
import { root } from "../tidy/source-files.ts";

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly workingDirectory?: string;
  readonly input?: string;
  readonly showsProgress?: boolean;
  readonly colour?: boolean;
  /** Milliseconds that pass between two looks at the clock. */
  readonly tickMs?: number;
}

/** Runs a command line in this process, in the repository's root unless said otherwise. */
export function runCli(words: readonly string[], options: CliOptions = {}): CliResult {
  let out = "";
  let err = "";
  let nowMs = 0;
  const terminal: Terminal = {
    workingDirectory: options.workingDirectory ?? root,
    colour: options.colour ?? false,
    showsProgress: options.showsProgress ?? false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    readInput: () => options.input ?? "",
    elapsedMs: () => {
      nowMs += options.tickMs ?? 0;
      return nowMs;
    },
  };
  const code = run(words, terminal);
  return { code, out, err };
}

/** Calls with a folder that holds these files and is gone afterwards. */
export function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
