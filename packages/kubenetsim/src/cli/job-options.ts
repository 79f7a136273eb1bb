import { ParseError } from "@kubenetsim/core/runtime/errors";
import { printYaml } from "@kubenetsim/kubectl/output/yaml";
import type { Experiment } from "../experiment/experiment.ts";
import { experimentJob } from "../experiment/indexed-job.ts";
import { readCount } from "./cells-options.ts";
import type { Arguments, Option } from "./command.ts";

/** An experiment for a Kubernetes cluster to measure. */
export const jobOptions: Readonly<Record<"job-manifest" | "parallelism" | "image" | "claim", Option>> = {
  "job-manifest": {
    type: "boolean",
    help: "measure nothing, but print an Indexed Job for kubectl apply, of which each Pod measures a shard and prints its results file",
  },
  parallelism: { type: "string", value: "N", help: "with --job-manifest: shards, each a Pod, all at once" },
  image: {
    type: "string",
    value: "IMAGE",
    help: "with --job-manifest: one that has kubenetsim (default: kubenetsim:VERSION)",
  },
  claim: {
    type: "string",
    value: "NAME",
    help: "with --job-manifest: a PersistentVolumeClaim that gets results files, too",
  },
};

const mostShards = 100_000;

/** The YAML that `--job-manifest` asks for; undefined where it is not given. @throws ParseError for what does not go with it */
export function readJobManifest(args: Arguments, experiment: Experiment): string | undefined {
  const [parallelism, image, claim] = [args.text("parallelism"), args.text("image"), args.text("claim")];
  if (!args.flag("job-manifest")) {
    const alone = { parallelism, image, claim };
    for (const [name, value] of Object.entries(alone)) {
      if (value !== undefined) throw new ParseError(`--${name} is for --job-manifest`);
    }
    return undefined;
  }
  for (const name of ["out", "svg", "shard", "workers", "queue", "format"]) {
    if (args.text(name) !== undefined) throw new ParseError(`--${name} does not go with --job-manifest`);
  }
  if (parallelism === undefined) throw new ParseError("how many shards?", { hint: "give --parallelism N" });
  const objects = experimentJob(experiment, {
    parallelism: readCount("parallelism", parallelism, mostShards),
    ...(image === undefined ? {} : { image }),
    ...(claim === undefined ? {} : { claim }),
  });
  return objects.map((object) => printYaml(object as Parameters<typeof printYaml>[0])).join("---\n");
}
