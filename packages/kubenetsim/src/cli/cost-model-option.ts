import { readStrictValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { costModelNames, costModels } from "@kubenetsim/network/cost/models";
import { readCostModel } from "@kubenetsim/network/cost/read-cost-model";
import type { Arguments, Option } from "./command.ts";
import { mostOfSettings, readTextFile } from "./input-files.ts";
import type { Terminal } from "./terminal.ts";

export const costModelOption: Readonly<Record<"cost-model", Option>> = {
  "cost-model": {
    type: "string",
    value: "NAME|FILE",
    help: `whose constants estimates use: ${costModelNames.join(", ")}, or a YAML or JSON file of your own`,
  },
};

/**
 * The model behind `--cost-model`; undefined when it is not given.
 *
 * @throws ParseError for a name that there is not, or a file that is no cost model
 */
export function readCostModelOption(args: Arguments, terminal: Terminal): CostModel | undefined {
  const word = args.text("cost-model");
  return word === undefined ? undefined : costModelNamed(word, terminal);
}

/**
 * A built-in model, or that of a file.
 *
 * @throws ParseError for a name that there is not, or a file that is no cost model
 */
export function costModelNamed(word: string, terminal: Terminal): CostModel {
  const known = costModelNames.find((name) => name === word);
  if (known !== undefined) return costModels[known];
  if (!/[./]/.test(word.replace(/^linux-\d+\.\d+/, ""))) {
    throw new ParseError(`there is no cost model "${word}"`, {
      hint: `the built-in ones are ${costModelNames.join(", ")}; a file's name has a dot or a slash`,
    });
  }
  const values = [...readStrictValues(readTextFile(word, terminal, mostOfSettings), word)];
  if (values.length !== 1) throw new ParseError(`${word}: must hold one cost model, not ${values.length}`);
  return readCostModel(values[0]!.value, word);
}
