import { readFileSync, writeSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { writeReason } from "./output-file.ts";
import type { Terminal } from "./terminal.ts";

/** The terminal that the process was started in. Colours and progress need a TTY; NO_COLOR turns colours off. */
export function nodeTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    workingDirectory: process.cwd(),
    colour: stdout.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb",
    showsProgress: stderr.isTTY === true && env.TERM !== "dumb",
    out: (text) => writeAll(1, text, "standard output"),
    err: (text) => writeAll(2, text, "standard error"),
    readInput: () => readFileSync(0, "utf8"),
    elapsedMs: () => performance.now(),
    interruption: interruptionOfProcess,
  };
}

/** Only commands that ask for it outlive a signal. */
function interruptionOfProcess(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/**
 * Written at once, so that nothing is lost when the process ends; a reader that has gone (`| head`) is no error.
 *
 * @throws ParseError when it cannot be written: the disk is full.
 */
function writeAll(descriptor: number, text: string, name: string): void {
  const bytes = new TextEncoder().encode(text);
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (problem) {
      const code = (problem as { code?: string }).code;
      if (code === "EPIPE") return;
      if (code === undefined) throw problem;
      if (code !== "EAGAIN") throw new ParseError(`${name} cannot be written: ${writeReason(code)}`);
    }
  }
}
