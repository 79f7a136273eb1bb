import { ParseError } from "@kubenetsim/core/runtime/errors";
import { mergeResults } from "../../experiment/merge-results.ts";
import { resultsToJson } from "../../experiment/results.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { readTextFile } from "../input-files.ts";
import { requireWritable, writeTextFile } from "../output-file.ts";
import { readFormat, resultsOptions, writeResults } from "../results-options.ts";
import type { Terminal } from "../terminal.ts";

const mostFiles = 1000;

export const merge: Command = {
  name: "merge",
  summary: "joins results files of an experiment's shards to what a single run gives, byte by byte",
  usage: "FILE… [--format table|csv|json] [--out FILE] [--svg FILE]",
  options: { ...resultsOptions, out: { type: "string", value: "FILE", help: "the results file, JSON" } },
  positionals: { least: 1, most: mostFiles },
  examples: ["kubenetsim merge part-1.json part-2.json --out whole.json"],
  run: runMerge,
};

function runMerge(args: Arguments, terminal: Terminal): ExitCode {
  const format = readFormat(args);
  const [out, svg] = [args.text("out"), args.text("svg")];
  for (const file of [out, svg]) if (file !== undefined) requireWritable(file, terminal);
  const results = mergeResults(
    args.positionals.map((source) => ({ source, value: parseJson(readTextFile(source, terminal), source) })),
  );
  if (out !== undefined) writeTextFile(out, resultsToJson(results), terminal);
  writeResults(results, { format, svg }, terminal);
  return exitCode.ok;
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ParseError(`${source}: is no JSON`, { hint: "a results file of kubenetsim experiment --out" });
  }
}
