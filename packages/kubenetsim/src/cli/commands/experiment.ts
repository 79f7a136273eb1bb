import { ParseError } from "@kubenetsim/core/runtime/errors";
import { builtInNames } from "../../experiment/built-in.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { type ExperimentResults, resultsToJson } from "../../experiment/results.ts";
import { runExperiment } from "../../experiment/run-experiment.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { experimentOptions, readWanted } from "../experiment-input.ts";
import { requireWritable, writeTextFile } from "../output-file.ts";
import { Progress } from "../progress.ts";
import { readFormat, resultsOptions, writeResults } from "../results-options.ts";
import type { Terminal } from "../terminal.ts";
import { timeLeft } from "../time-left.ts";

export const experiment: Command = {
  name: "experiment",
  summary: "counts what packets and syncs cost over Services, endpoints, modes and more: cell by cell, repeatable",
  usage:
    "NAME|FILE [--vary NAME=VALUE,…] [--cost-model NAME|FILE] [--format table|csv|json] [--out FILE] [--svg FILE] [--shard I/N]",
  options: {
    ...experimentOptions,
    ...resultsOptions,
    out: {
      type: "string",
      value: "FILE",
      help: "the results file, JSON: written after every cell, marked as partial until the last, so that an interrupted run is kept",
    },
    shard: { type: "string", value: "I/N", help: "only part I of N; kubenetsim merge joins the results files" },
  },
  positionals: { least: 1, most: 1 },
  examples: [
    "kubenetsim experiment lookup --svg lookup.svg",
    "kubenetsim experiment source-ip --vary mode=iptables --vary type=NodePort,LoadBalancer",
    "kubenetsim experiment lookup --cost-model linux-6.1-uml --plot linux-6.1-uml --svg times.svg",
    "kubenetsim experiment mine.yaml --shard 1/4 --out part-1.json",
    `built in: ${builtInNames.join(", ")}`,
  ],
  run: runCommand,
};

function runCommand(args: Arguments, terminal: Terminal): ExitCode {
  const wanted = readWanted(args, terminal);
  const format = readFormat(args);
  const shard = readShard(args.text("shard"));
  const [out, svg] = [args.text("out"), args.text("svg")];
  for (const file of [out, svg]) if (file !== undefined) requireWritable(file, terminal);
  const results = measure(wanted, terminal, { out, shard });
  if (out !== undefined) writeTextFile(out, resultsToJson(results), terminal);
  writeResults(results, { format, svg }, terminal);
  return exitCode.ok;
}

interface Run {
  readonly out: string | undefined;
  readonly shard: { readonly number: number; readonly of: number };
}

function measure(wanted: Experiment, terminal: Terminal, { out, shard }: Run): ExperimentResults {
  const progress = new Progress(terminal);
  const startMs = terminal.elapsedMs();
  try {
    return runExperiment(wanted, {
      shard,
      onCell: ({ parameters }, done, all) => {
        const left = timeLeft(terminal.elapsedMs() - startMs, done, all);
        progress.step(`cell ${done + 1} of ${all}${left}: ${parameters.services} Services in ${parameters.mode} mode`);
      },
      onResults: (results) => {
        if (out !== undefined) writeTextFile(out, resultsToJson({ ...results, partial: true }), terminal);
      },
    });
  } finally {
    progress.end();
  }
}

function readShard(text: string | undefined): { readonly number: number; readonly of: number } {
  const [, number = "1", of = "1"] = /^(\d{1,6})\/(\d{1,6})$/.exec(text ?? "1/1") ?? ["", "0", "0"];
  const shard = { number: Number(number), of: Number(of) };
  if (shard.number >= 1 && shard.number <= shard.of) return shard;
  throw new ParseError(`--shard takes I/N with I from 1 to N, not "${text}"`, { hint: "for example --shard 1/4" });
}
