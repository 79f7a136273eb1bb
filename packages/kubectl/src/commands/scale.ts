import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import { readDryRun } from "../flags/dry-run.ts";
import type { Flag, FlagValues } from "../flags/flag.ts";
import { dryRunFlag, printFlags } from "../flags/global-flags.ts";
import { sortedKeys } from "../output/json.ts";
import { objectPrinter } from "../output/object-printer.ts";
import { fileFlags } from "../resources/file-flags.ts";
import { findResources } from "../resources/find-resources.ts";
import { objectPath, type ResourceInfo } from "../resources/resource-info.ts";
import type { Command, CommandRun } from "./command.ts";
import { Deadline } from "./wait/deadline.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  dryRunFlag,
  { name: "all", kind: "bool" },
  { name: "current-replicas", kind: "int", initial: "-1" },
  { name: "replicas", kind: "int", required: true },
  { name: "resource-version", kind: "string" },
  { name: "selector", short: "l", kind: "string" },
  { name: "timeout", kind: "duration", initial: "0s" },
];

/** `kubectl scale` (pkg/cmd/scale/scale.go). */
export const scale: Command = {
  name: "scale",
  short: "Set a new size for a deployment, replica set, or replication controller",
  flags,
  run,
};

/** `autoscaling/v1` Scale. */
interface Scale {
  readonly metadata: { readonly resourceVersion?: string };
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas: number };
}

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  const dryRun = readDryRun(given);
  const print = objectPrinter(session, given, "scaled", dryRun);
  check(given);
  const all = given.flag("all") ? "typeAlone" : "none";
  const found = findResources({ session, flags: given, args: call.args, all, objects: "lazy" });
  const { infos, error } = found.infos();
  if (given.text("resource-version") !== "" && infos.length > 1) {
    throw failure("cannot use --resource-version with multiple resources");
  }
  if (infos.length === 0) throw error ?? failure("no objects passed to scale");
  for (const info of infos) {
    const replicas = dryRun === "client" ? given.number("replicas") : scaled(call, info, dryRun === "server");
    print(sortedKeys(withReplicas(info, replicas)) as PlainObject);
  }
  if (error !== undefined) throw error;
}

function check(given: FlagValues): void {
  if (given.number("replicas") < 0) {
    throw failure("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  }
  if (given.number("current-replicas") < -1) {
    throw failure("The --current-replicas must specify an integer of -1 or greater");
  }
}

/** Scales one object and returns its new size. */
function scaled({ flags: given, session }: CommandRun, info: ResourceInfo, isDryRun: boolean): number {
  const path = objectPath(info, "scale");
  const query = { dryRun: isDryRun ? "All" : undefined };
  const replicas = given.number("replicas");
  let after: Scale;
  if (hasPrecondition(given)) {
    const before = session.client.ask("GET", path) as unknown as Scale;
    checkPrecondition(before, given);
    const body = JSON.stringify({ ...before, spec: { ...before.spec, replicas } });
    after = session.client.ask("PUT", path, { body, query }) as unknown as Scale;
  } else {
    const body = JSON.stringify({ spec: { replicas } });
    const contentType = "application/merge-patch+json";
    after = session.client.ask("PATCH", path, { body, contentType, query }) as unknown as Scale;
  }
  if (given.text("timeout") !== "0s" && !isDryRun) awaitSize(session, info, path, given);
  return after.spec.replicas ?? 0;
}

function awaitSize(session: CommandRun["session"], { name }: ResourceInfo, path: string, given: FlagValues): void {
  const wanted = given.number("replicas");
  const isDone = (): boolean => {
    const { spec, status } = session.client.ask("GET", path) as unknown as Scale;
    return (spec.replicas ?? 0) !== wanted || status.replicas === wanted;
  };
  const late = `timed out waiting for ${JSON.stringify(name)} to be synced`;
  new Deadline(session, given.text("timeout")).until(isDone, late);
}

function hasPrecondition(given: FlagValues): boolean {
  return given.number("current-replicas") !== -1 || given.text("resource-version") !== "";
}

function checkPrecondition({ spec, metadata }: Scale, given: FlagValues): void {
  const expected = given.number("current-replicas");
  const { replicas = 0 } = spec;
  if (expected !== -1 && replicas !== expected) {
    throw failure(`Expected replicas to be ${expected}, was ${replicas}`);
  }
  const version = given.text("resource-version");
  if (version !== "" && metadata.resourceVersion !== version) {
    throw failure(`Expected resource version to be ${version}, was ${metadata.resourceVersion ?? ""}`);
  }
}

function withReplicas({ object, type }: ResourceInfo, replicas: number): PlainObject {
  if (type.info.group !== "apps" && type.info.group !== "") return object!;
  return { ...object!, spec: { ...(object!.spec as PlainObject), replicas } };
}
