import { dnsSubdomain } from "@kubenetsim/core/apiserver/validate/names";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { sha256Hex } from "@kubenetsim/core/runtime/sha256-hex";
import { indexedJob } from "@kubenetsim/workers/indexed-job";
import { version } from "../version.ts";
import { cellsOf } from "./cells.ts";
import type { Experiment } from "./experiment.ts";
import { isImageReference } from "./image-reference.ts";
import { readExperiment } from "./read-experiment.ts";

export interface ExperimentJobOptions {
  /** Shards, each a Pod, all at once. */
  readonly parallelism: number;
  /** An image with the command `kubenetsim` of this version (`kubenetsim:VERSION`). */
  readonly image?: string;
  /** A PersistentVolumeClaim that all Pods can write to: results become files there too, not only logs. */
  readonly claim?: string;
}

const mostFileBytes = 1_000_000;
const nameLength = 30;

/**
 * An experiment as a Kubernetes Indexed Job: each Pod measures one shard and prints its results file. `kubenetsim merge` joins them.
 *
 * @returns a ConfigMap with the experiment, and the Job: objects for `kubectl apply`
 * @throws ParseError for an experiment that cannot be run, more shards than cells, or one that no ConfigMap holds; for what is no image and what
 *   no claim can be called
 */
export function experimentJob(given: Experiment, options: ExperimentJobOptions): readonly object[] {
  const experiment = readExperiment(given, given.name);
  const { parallelism, image = `kubenetsim:${version}`, claim } = options;
  const cells = cellsOf(experiment).length;
  if (!Number.isSafeInteger(parallelism) || parallelism < 1 || parallelism > cells) {
    throw new ParseError(`--parallelism takes a number from 1 to ${cells}, the cells of ${experiment.name}`);
  }
  requireNames(image, claim);
  const file = `${JSON.stringify(experiment, undefined, 2)}\n`;
  if (new TextEncoder().encode(file).length > mostFileBytes) {
    throw new ParseError(`${experiment.name}: is larger than what a ConfigMap holds, 1 MB`);
  }
  const name = jobName(experiment.name, sha256Hex(JSON.stringify([version, parallelism, experiment])));
  return indexedJob({
    name,
    labels: { "app.kubernetes.io/name": "kubenetsim", "app.kubernetes.io/instance": name },
    image,
    parallelism,
    script: shardScript(parallelism, claim !== undefined),
    files: { "experiment.json": file },
    claim,
  });
}

function requireNames(image: string, claim: string | undefined): void {
  if (!isImageReference(image)) {
    throw new ParseError(`--image: there can be no image ${JSON.stringify(image)}`, {
      hint: "for example registry.example.com/team/kubenetsim:0.1.0",
    });
  }
  const problem = claim === undefined ? undefined : dnsSubdomain(claim)[0];
  if (problem !== undefined) {
    throw new ParseError(`--claim: there can be no PersistentVolumeClaim ${JSON.stringify(claim)}`, { hint: problem });
  }
}

function shardScript(shards: number, toFile: boolean): string {
  const out = toFile ? ` --out /results/part-$((JOB_COMPLETION_INDEX + 1)).json` : "";
  return `exec kubenetsim experiment /input/experiment.json --shard $((JOB_COMPLETION_INDEX + 1))/${shards} --workers 1 --format json${out}`;
}

/** What a label and a Pod's host name take, and another one for each content: a Job cannot be changed. */
function jobName(name: string, hash: string): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, nameLength)
    .replaceAll(/^-+|-+$/g, "");
  return ["kubenetsim", ...(words === "" ? [] : [words]), hash.slice(0, 8)].join("-");
}
