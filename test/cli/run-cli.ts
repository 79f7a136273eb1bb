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
  /** Aborts where Ctrl-C would be pressed. */
  readonly interruption?: AbortSignal;
}

/** Runs a command line in this process, in the repository's root unless said otherwise. */
export function runCli(words: readonly string[], options: CliOptions = {}): CliResult {
  const { terminal, printed } = recordingTerminal(options);
  const code = run(words, terminal);
  if (typeof code !== "number") throw new Error(`${words[0]} has to be waited for: use finishCli`);
  return { code, ...printed };
}

/** The same of any command, also one that waits for others. */
export async function finishCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { terminal, printed } = recordingTerminal(options);
  const code = await run(words, terminal);
  return { code, ...printed };
}

interface Printed {
  out: string;
  err: string;
}

function recordingTerminal(options: CliOptions): { readonly terminal: Terminal; readonly printed: Printed } {
  const printed: Printed = { out: "", err: "" };
  let nowMs = 0;
  const terminal: Terminal = {
    workingDirectory: options.workingDirectory ?? root,
    colour: options.colour ?? false,
    showsProgress: options.showsProgress ?? false,
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    readInput: () => options.input ?? "",
    elapsedMs: () => {
      nowMs += options.tickMs ?? 0;
      return nowMs;
    },
    interruption: () => options.interruption ?? new AbortController().signal,
  };
  return { terminal, printed };
}

/** Calls with a folder that holds these files and is gone when the call has ended. */
export function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-"));
  const remove = (): void => rmSync(folder, { recursive: true });
  let result: T | undefined;
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    result = use(folder);
  } finally {
    if (!(result instanceof Promise)) remove();
  }
  return result instanceof Promise ? (result.finally(remove) as T) : result;
}
