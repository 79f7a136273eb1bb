import { readStrictValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { ParseError, type SourcePosition } from "@kubenetsim/core/runtime/errors";
import { builtInExperiments, builtInNames } from "../experiment/built-in.ts";
import { cellsOf, ImpossibleCell } from "../experiment/cells.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { FieldSource } from "../experiment/field-place.ts";
import { type ParameterName, parameterNames } from "../experiment/parameters.ts";
import { readExperiment } from "../experiment/read-experiment.ts";
import type { Arguments, Option } from "./command.ts";
import { costModelNamed, costModelOption } from "./cost-model-option.ts";
import { mostOfSettings, readTextFile } from "./input-files.ts";
import type { Terminal } from "./terminal.ts";

/** Which experiment, and what is to be otherwise in it. */
export const experimentOptions: Readonly<Record<"vary" | "cost-model" | "plot" | "seed", Option>> = {
  vary: {
    type: "string",
    multiple: true,
    value: "NAME=VALUE,…",
    help: `in place of the experiment's own values; may be given again. NAME is one of ${parameterNames.join(", ")}`,
  },
  "cost-model": {
    ...costModelOption["cost-model"],
    multiple: true,
    help: `also estimates times: ${costModelOption["cost-model"].help}; may be given again`,
  },
  plot: {
    type: "string",
    value: "MEASURE|MODEL",
    help: "what --svg draws: a measure, or the estimate of a cost model",
  },
  seed: { type: "string", value: "TEXT", help: "in place of the experiment's own seeds" },
};

/**
 * @throws ParseError for a name that there is not, a file that is no experiment, an option that does not fit it, values that cannot be; with the
 *   place in the file, where it is the file's
 */
export function readWanted(args: Arguments, terminal: Terminal): Experiment {
  const word = args.positionals[0]!;
  const { experiment: base, source } = readBase(word, terminal);
  const varied = Object.fromEntries(args.texts("vary").map(readVaried));
  const models = args.texts("cost-model").map((name) => costModelNamed(name, terminal));
  const costModels = [...(base.costModels ?? []), ...models];
  const seed = args.text("seed");
  const measure = args.text("plot");
  const wanted = readExperiment(
    {
      ...base,
      vary: { ...base.vary, ...varied },
      ...(costModels.length === 0 ? {} : { costModels }),
      ...(seed === undefined ? {} : { seeds: [seed] }),
      ...(measure === undefined ? {} : { plot: { over: "services", lines: "mode", ...base.plot, measure } }),
    },
    word,
  );
  requireCells(wanted, (parameter) => (parameter in varied ? undefined : source?.positionOf?.(["vary", parameter])));
  return wanted;
}

interface Base {
  readonly experiment: Experiment;
  /** Undefined for a built-in one. */
  readonly source: FieldSource | undefined;
}

function readBase(word: string, terminal: Terminal): Base {
  const found = builtInNames.find((name) => name === word);
  if (found !== undefined) return { experiment: builtInExperiments[found], source: undefined };
  if (!/[./]/.test(word)) {
    throw new ParseError(`there is no experiment "${word}"`, {
      hint: `built in are ${builtInNames.join(", ")}; a file's name has a dot or a slash`,
    });
  }
  const values = [...readStrictValues(readTextFile(word, terminal, mostOfSettings), word)];
  const [first] = values;
  if (first === undefined || values.length > 1) {
    throw new ParseError(`${word}: must hold one experiment, not ${values.length}`);
  }
  const source: FieldSource = { name: word, positionOf: (path) => first.positionOf(path) };
  return { experiment: readExperiment(first.value, source), source };
}

function requireCells(wanted: Experiment, positionOf: (name: ParameterName) => SourcePosition | undefined): void {
  try {
    cellsOf(wanted);
  } catch (problem) {
    if (!(problem instanceof ImpossibleCell)) throw problem;
    const { message, hint, parameter } = problem;
    const position = positionOf(parameter);
    throw new ParseError(message, {
      ...(hint === undefined ? {} : { hint }),
      ...(position === undefined ? {} : { position }),
    });
  }
}

function readVaried(text: string): [name: string, values: unknown[]] {
  const [, name, list] = /^([A-Za-z]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || list === undefined) {
    throw new ParseError(`--vary takes NAME=VALUE,…, not "${text}"`, { hint: "for example --vary services=1,10,100" });
  }
  return [name, list.split(",").map((value) => valueOfWord(name as ParameterName, value.trim()))];
}

/** As JSON or YAML would have it. */
function valueOfWord(name: ParameterName, word: string): unknown {
  if (name === "masqueradeAll" && (word === "true" || word === "false")) return word === "true";
  return /^\d+$/.test(word) ? Number(word) : word;
}
