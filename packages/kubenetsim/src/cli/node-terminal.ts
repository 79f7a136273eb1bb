import { readFileSync, writeSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { Terminal } from "./terminal.ts";

/** The terminal that the process was started in. Colours and progress need a TTY; NO_COLOR turns colours off. */
export function nodeTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    workingDirectory: process.cwd(),
    colour: stdout.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb",
    showsProgress: stderr.isTTY === true && env.TERM !== "dumb",
    out: (text) => writeAll(1, text),
    err: (text) => writeAll(2, text),
    readInput: () => readFileSync(0, "utf8"),
    elapsedMs: () => performance.now(),
  };
}

/** Written at once, so that nothing is lost when the process ends; a reader that has gone (`| head`) is no error. */
function writeAll(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (problem) {
      const code = (problem as { code?: string }).code;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw problem;
    }
  }
}
