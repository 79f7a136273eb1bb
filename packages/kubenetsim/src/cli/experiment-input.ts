import { readValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { builtInExperiments, builtInNames } from "../experiment/built-in.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { type ParameterName, parameterNames } from "../experiment/parameters.ts";
import { readExperiment } from "../experiment/read-experiment.ts";
import type { Arguments, Option } from "./command.ts";
import { costModelNamed, costModelOption } from "./cost-model-option.ts";
import { readTextFile } from "./input-files.ts";
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

/** @throws ParseError for a name that there is not, a file that is no experiment, an option that does not fit it */
export function readWanted(args: Arguments, terminal: Terminal): Experiment {
  const word = args.positionals[0]!;
  const found = builtInNames.find((name) => name === word);
  const base = found === undefined ? readFile(word, terminal) : builtInExperiments[found];
  const varied = args.texts("vary").map(readVaried);
  const models = args.texts("cost-model").map((name) => costModelNamed(name, terminal));
  const costModels = [...(base.costModels ?? []), ...models];
  const seed = args.text("seed");
  const measure = args.text("plot");
  return readExperiment(
    {
      ...base,
      vary: { ...base.vary, ...Object.fromEntries(varied) },
      ...(costModels.length === 0 ? {} : { costModels }),
      ...(seed === undefined ? {} : { seeds: [seed] }),
      ...(measure === undefined ? {} : { plot: { over: "services", lines: "mode", ...base.plot, measure } }),
    },
    word,
  );
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

function readFile(word: string, terminal: Terminal): Experiment {
  if (!/[./]/.test(word)) {
    throw new ParseError(`there is no experiment "${word}"`, {
      hint: `built in are ${builtInNames.join(", ")}; a file's name has a dot or a slash`,
    });
  }
  const values = [...readValues(readTextFile(word, terminal), word)];
  if (values.length !== 1) throw new ParseError(`${word}: must hold one experiment, not ${values.length}`);
  return readExperiment(values[0], word);
}
