import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { strategicPatchBetween } from "../../client/strategic-patch.ts";
import { CommandError, failure, together, usageError } from "../../command-error.ts";
import { readDryRun, readValidation } from "../../flags/dry-run.ts";
import type { Flag, FlagValues } from "../../flags/flag.ts";
import { printFlags, writeFlags } from "../../flags/global-flags.ts";
import { objectPrinter } from "../../output/object-printer.ts";
import { findResources } from "../../resources/find-resources.ts";
import { objectPath, type ResourceInfo } from "../../resources/resource-info.ts";
import { findResourceTypes, resourceType } from "../../resources/resource-type.ts";
import type { Command, CommandRun } from "../command.ts";
import { isSameTaint, readTaints, type Taint, type Taints, taintText } from "./taint-spec.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...writeFlags,
  { name: "all", kind: "bool" },
  { name: "overwrite", kind: "bool" },
  { name: "selector", short: "l", kind: "string" },
];

/** `kubectl taint` (pkg/cmd/taint/taint.go). */
export const taint: Command = { name: "taint", short: "Update the taints on one or more nodes", flags, run };

function run(call: CommandRun): void {
  const { args, flags: given, path, session } = call;
  const dryRun = readDryRun(given);
  const fieldValidation = readValidation(given);
  const { resources, words } = splitWords(args);
  const [word] = resources;
  if (word === undefined) throw failure("one or more resources must be specified as <resource> <name>");
  if (words.length === 0) throw failure("at least one taint update is required");
  const taints = readable(words, path);
  check(word, taints, resources, given);
  const names = resources.slice(1).map((name) => (name.includes("/") ? name : `node/${name}`));
  const isAll = given.flag("all");
  const selects = isAll || given.text("selector") !== "";
  const found = findResources({
    session,
    flags: given,
    args: selects ? ["node"] : names,
    all: isAll ? "every" : "none",
    objects: "latest",
  });
  found.visit((info) => {
    const { object, outcome } = tainted(info, taints, given.flag("overwrite"));
    // Nothing is said of a dry run: the printer's operation is set anew here.
    const print = objectPrinter(session, given, outcome, "none");
    if (dryRun === "client") {
      print(object);
      return;
    }
    print(
      session.client.ask("PATCH", objectPath(info), {
        body: JSON.stringify(strategicPatchBetween(info.object!, object)),
        contentType: "application/strategic-merge-patch+json",
        query: {
          fieldManager: given.text("field-manager") || "kubectl-taint",
          fieldValidation,
          dryRun: dryRun === "server" ? "All" : undefined,
        },
      }),
    );
  });
}

function splitWords(args: readonly string[]): { resources: readonly string[]; words: readonly string[] } {
  const isTaint = (word: string): boolean => word.includes("=") || word.includes(":") || word.endsWith("-");
  const first = args.findIndex(isTaint);
  if (first < 0) return { resources: args, words: [] };
  const late = args.slice(first).find((word) => !isTaint(word));
  if (late !== undefined) throw failure(`all resources must be specified before taint changes: ${late}`);
  return { resources: args.slice(0, first), words: args.slice(first) };
}

function readable(words: readonly string[], path: string): Taints {
  try {
    return readTaints(words);
  } catch (reason) {
    if (reason instanceof CommandError) throw usageError(path, reason.message.replace(/^error: /, ""));
    throw reason;
  }
}

function check(word: string, { added, removed }: Taints, resources: readonly string[], given: FlagValues): void {
  if (findResourceTypes(word).length === 0) {
    throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(word)}`);
  }
  if (resourceType(word).kind !== "Node") {
    throw failure(`invalid resource type ${word.toLowerCase()}, only node types are supported`);
  }
  const both = added.flatMap((one) =>
    removed.filter(({ key, effect }) => key === one.key && (effect === "" || effect === one.effect)),
  );
  if (both.length > 0) {
    const texts = both.map(({ key, effect }) => `${key}=${effect}`);
    throw failure(`can not both modify and remove the following taint(s) in the same command: ${texts.join(", ")}`);
  }
  const selector = given.text("selector");
  if (given.flag("all") && selector !== "") {
    throw failure("setting 'all' parameter with a non empty selector is prohibited");
  }
  if (!given.flag("all") && selector === "" && resources.length < 2) {
    throw failure("at least one resource name must be specified since 'all' parameter is not set");
  }
}

/** The node with its new taints, and what was done to it. */
function tainted(
  { name, object }: ResourceInfo,
  { added, removed }: Taints,
  overwrites: boolean,
): { object: PlainObject; outcome: string } {
  const spec = (object!.spec ?? {}) as PlainObject;
  const before = (spec.taints ?? []) as readonly Taint[];
  const taken = added.filter((one) => before.some((old) => isSameTaint(old, one))).map(({ key }) => key);
  if (taken.length > 0 && !overwrites) {
    throw failure(`node ${name} already has ${taken.join(",")} taint(s) with same effect(s) and --overwrite is false`);
  }
  let after = [...added, ...before.filter((old) => !added.some((one) => isSameTaint(old, one)))];
  const isAdded = after.length !== before.length;
  let isRemoved = false;
  const missing: Error[] = [];
  for (const one of removed) {
    const kept = after.filter((old) => old.key !== one.key || (one.effect !== "" && old.effect !== one.effect));
    isRemoved = kept.length !== after.length;
    if (!isRemoved) missing.push(failure(`taint ${JSON.stringify(taintText(one))} not found`));
    after = kept;
  }
  if (missing.length > 0) throw together(missing);
  const { taints: _, ...rest } = spec;
  const outcome = (isAdded && isRemoved) || overwrites ? "modified" : isAdded ? "tainted" : "untainted";
  return { object: { ...object!, spec: after.length === 0 ? rest : { ...rest, taints: after } }, outcome };
}
