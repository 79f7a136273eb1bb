import { readShard } from "@kubenetsim/workers/shard";
import { builtInNames } from "../../experiment/built-in.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { resultsToJson } from "../../experiment/results.ts";
import { cellsOptions, readCellsRun } from "../cells-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { experimentOptions, readWanted } from "../experiment-input.ts";
import { Gathering, reportMissing } from "../gathering.ts";
import { jobOptions, readJobManifest } from "../job-options.ts";
import { requireWritable, writeTextFile } from "../output-file.ts";
import { readFormat, resultsOptions, writeResults } from "../results-options.ts";
import type { Terminal } from "../terminal.ts";

export const experiment: Command = {
  name: "experiment",
  summary: "counts what packets and syncs cost over Services, endpoints, modes and more: cell by cell, repeatable",
  usage:
    "NAME|FILE [--vary NAME=VALUE,…] [--cost-model NAME|FILE] [--format table|csv|json] [--out FILE] [--svg FILE] [--shard I/N] [--workers N|--queue URL|--job-manifest]",
  options: {
    ...experimentOptions,
    ...resultsOptions,
    out: {
      type: "string",
      value: "FILE",
      help: "the results file, JSON: written while cells end, marked as partial until the last, so that an interrupted run is kept",
    },
    shard: { type: "string", value: "I/N", help: "only part I of N; kubenetsim merge joins the results files" },
    ...cellsOptions,
    ...jobOptions,
  },
  positionals: { least: 1, most: 1 },
  examples: [
    "kubenetsim experiment lookup --svg lookup.svg",
    "kubenetsim experiment source-ip --vary mode=iptables --vary type=NodePort,LoadBalancer",
    "kubenetsim experiment lookup --cost-model linux-6.1-uml --plot linux-6.1-uml --svg times.svg",
    "kubenetsim experiment mine.yaml --shard 1/4 --out part-1.json",
    "kubenetsim experiment lookup --queue redis://127.0.0.1:6379",
    "kubenetsim experiment lookup --job-manifest --parallelism 8 | kubectl apply -f -",
    `built in: ${builtInNames.join(", ")}`,
  ],
  run: runCommand,
};

function runCommand(args: Arguments, terminal: Terminal): ExitCode | Promise<ExitCode> {
  const wanted = readWanted(args, terminal);
  const manifest = readJobManifest(args, wanted);
  if (manifest === undefined) return measure(wanted, args, terminal);
  terminal.out(manifest);
  return exitCode.ok;
}

async function measure(wanted: Experiment, args: Arguments, terminal: Terminal): Promise<ExitCode> {
  const format = readFormat(args);
  const runCells = readCellsRun(args, readShard(args.text("shard")));
  const [out, svg] = [args.text("out"), args.text("svg")];
  for (const file of [out, svg]) if (file !== undefined) requireWritable(file, terminal);
  const gathering = new Gathering(terminal, out);
  const gathered = await runCells(wanted, gathering.options).finally(() => gathering.end());
  if (out !== undefined) writeTextFile(out, resultsToJson(gathered.results), terminal);
  writeResults(gathered.results, { format, svg }, terminal);
  return reportMissing(gathered, terminal);
}
