import { availableParallelism } from "node:os";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { cellsOptions, readCount } from "../cells-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";

const mostAtOnce = 1024;

export const worker: Command = {
  name: "worker",
  summary: "measures cells of experiments for whoever queues them: kubenetsim experiment NAME --queue URL",
  usage: "--queue URL [--concurrency N]",
  options: {
    queue: { ...cellsOptions.queue, help: "the Redis to take cells from: redis://[USER:PASSWORD@]HOST[:PORT][/DB]" },
    concurrency: { type: "string", value: "N", help: "cells at once, each in a thread (default: the processors here)" },
  },
  positionals: { least: 0, most: 0 },
  examples: [
    "kubenetsim worker --queue redis://127.0.0.1:6379",
    "the first Ctrl-C finishes what was begun, the second ends it",
  ],
  run: runCommand,
};

async function runCommand(args: Arguments, terminal: Terminal): Promise<ExitCode> {
  const queue = args.text("queue");
  if (queue === undefined) throw new ParseError("whose cells?", { hint: "give --queue redis://HOST:PORT" });
  const concurrency = readCount("concurrency", args.text("concurrency") ?? String(availableParallelism()), mostAtOnce);
  const { workForQueue } = await import("../../experiment/by-queue.ts");
  const onNote = (text: string): void => terminal.err(`${text}\n`);
  await workForQueue({ queue, concurrency, interruption: terminal.interruption(), onNote });
  return exitCode.ok;
}
