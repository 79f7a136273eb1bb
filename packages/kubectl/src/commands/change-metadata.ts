import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ownField } from "@kubenetsim/core/apiserver/own-field";
import { mergePatchBetween } from "../client/merge-patch.ts";
import { failure } from "../command-error.ts";
import { type DryRun, readDryRun } from "../flags/dry-run.ts";
import type { Flag, FlagValues } from "../flags/flag.ts";
import { dryRunFlag, printFlags } from "../flags/global-flags.ts";
import { sortedKeys } from "../output/json.ts";
import { type ObjectPrinter, objectPrinter } from "../output/object-printer.ts";
import { fileFlags, namesFiles } from "../resources/file-flags.ts";
import { findResources } from "../resources/find-resources.ts";
import { objectPath, type ResourceInfo } from "../resources/resource-info.ts";
import { readResourcesAndPairs } from "./changes.ts";
import type { CommandRun } from "./command.ts";

export const metadataFlags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  dryRunFlag,
  { name: "all", kind: "bool" },
  { name: "all-namespaces", short: "A", kind: "bool" },
  { name: "field-manager", kind: "string" },
  { name: "field-selector", kind: "string" },
  { name: "list", kind: "bool" },
  { name: "local", kind: "bool" },
  { name: "overwrite", kind: "bool" },
  { name: "resource-version", kind: "string" },
  { name: "selector", short: "l", kind: "string" },
];

/** `KEY=VALUE` and `KEY-` of a command line. */
export interface Pairs {
  readonly set: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
}

type Values = Readonly<Record<string, string>>;

/** In what `kubectl label` and `kubectl annotate` differ. */
export interface MetadataChange {
  readonly what: "label" | "annotation";
  readonly field: "labels" | "annotations";
  /** Of the example in messages. */
  readonly localFile: string;
  readonly manager: string;
  /** A patch is sent even where nothing changes, its answer is what is printed, and what is printed is one stream. */
  readonly alwaysSends: boolean;
  /** @throws CommandError */
  readonly readPairs: (words: readonly string[]) => Pairs;
  /** Of pairs that say two things at once. @throws CommandError */
  readonly checkPairs: (pairs: Pairs) => void;
  /** Without `--overwrite`. @throws CommandError where a key has another value */
  readonly check: (current: Values, pairs: Pairs) => void;
  /** What is said of a key that was to be removed and is not there. */
  readonly missing: (key: string) => string | undefined;
  /** What was done, as the answer says it. */
  readonly outcome: (before: Values, after: Values) => string;
}

/** Sets and removes labels or annotations of what the arguments name. */
export function changeMetadata(call: CommandRun, change: MetadataChange): void {
  const { session, flags } = call;
  const dryRun = readDryRun(flags);
  const { resources, pairs: words } = readResourcesAndPairs(call.args, change.what);
  const pairs = change.readPairs(words);
  checkFlags(flags, resources, dryRun, change);
  if (words.length === 0 && !flags.flag("list")) throw failure(`at least one ${change.what} update is required`);
  change.checkPairs(pairs);
  const isLocal = flags.flag("local");
  const printer = change.alwaysSends ? objectPrinter(session, flags, change.outcome({}, {}), dryRun) : undefined;
  const found = findResources({
    session,
    flags,
    args: resources,
    all: flags.flag("all") ? "typeAlone" : "none",
    objects: isLocal ? "asRead" : "latest",
    selects: !isLocal,
  });
  if (!found.isOne && flags.text("resource-version") !== "") {
    throw failure("--resource-version may only be used with a single resource");
  }
  const ofEach = { ...change, pairs, dryRun: isLocal ? "client" : dryRun, isOne: found.isOne, printer } as const;
  found.visit((info) => changeOne(call, info, ofEach));
}

interface ObjectChange extends MetadataChange {
  readonly pairs: Pairs;
  readonly dryRun: DryRun;
  readonly isOne: boolean;
  /** Undefined where each object is printed by itself. */
  readonly printer: ObjectPrinter | undefined;
}

function changeOne({ session, flags }: CommandRun, info: ResourceInfo, change: ObjectChange): void {
  const { pairs, field, dryRun } = change;
  const isList = flags.flag("list");
  const sends = dryRun !== "client" && !isList;
  const before = sends ? withoutVersion(info.object!, flags) : info.object!;
  const values = valuesOf(before, field);
  if (sends)
    for (const key of pairs.removed) if (ownField(values, key) === undefined) tellMissing(session, change.missing(key));
  if (!flags.flag("overwrite")) change.check(values, pairs);
  const after = changed(before, field, pairs, flags);
  if (isList) {
    list(session, info, change, valuesOf(after, field));
    return;
  }
  const outcome = change.outcome(values, valuesOf(after, field));
  let shown = after;
  if (sends && (change.alwaysSends || outcome !== "not labeled")) {
    const answer = session.client.ask("PATCH", objectPath(info), {
      body: JSON.stringify(mergePatchBetween(before, after)),
      contentType: "application/merge-patch+json",
      query: {
        fieldManager: flags.text("field-manager") || change.manager,
        dryRun: dryRun === "server" ? "All" : undefined,
      },
    });
    if (change.alwaysSends) shown = answer;
  }
  const print = change.printer ?? objectPrinter(session, flags, outcome, readDryRun(flags));
  print(sortedKeys(shown) as PlainObject);
}

function tellMissing(session: CommandRun["session"], line: string | undefined): void {
  if (line !== undefined) session.say(line);
}

/** The version stands in the patch where it is asked for. */
function withoutVersion(object: PlainObject, flags: FlagValues): PlainObject {
  if (flags.text("resource-version") === "") return object;
  const { resourceVersion: _, ...metadata } = object.metadata as PlainObject;
  return { ...object, metadata };
}

function changed(object: PlainObject, field: MetadataChange["field"], pairs: Pairs, flags: FlagValues): PlainObject {
  const values: Record<string, string> = { ...valuesOf(object, field), ...pairs.set };
  for (const key of pairs.removed) delete values[key];
  const version = flags.text("resource-version");
  const metadata = {
    ...(object.metadata as PlainObject),
    [field]: values,
    ...(version === "" ? {} : { resourceVersion: version }),
  };
  return { ...object, metadata };
}

function valuesOf(object: PlainObject, field: MetadataChange["field"]): Values {
  return ((object.metadata as PlainObject | undefined)?.[field] ?? {}) as Values;
}

function list(
  session: CommandRun["session"],
  { type, name }: ResourceInfo,
  { field, isOne }: { readonly field: string; readonly isOne: boolean },
  values: Values,
): void {
  if (!isOne) session.say(`Listing ${field} for ${type.kind}.${type.info.group}/${name}:`);
  for (const [key, value] of Object.entries(values)) session.say(`${isOne ? "" : " "}${key}=${value}`);
}

function checkFlags(flags: FlagValues, resources: readonly string[], dryRun: DryRun, change: MetadataChange): void {
  if (flags.flag("list") && flags.text("output") !== "") {
    throw failure("--list and --output may not be specified together");
  }
  for (const name of ["selector", "field-selector"]) {
    if (flags.flag("all") && flags.text(name) !== "") throw failure(`cannot set --all and --${name} at the same time`);
  }
  if (!flags.flag("local")) {
    if (resources.length > 0 || namesFiles(flags)) return;
    throw failure("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  }
  if (dryRun === "server") {
    throw failure("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
  }
  const file = change.localFile;
  const example = `-f ${file}.yaml or --filename=${file}.json`;
  if (resources.length > 0) throw failure(`can only use local files by ${example} when --local=true is set`);
  if (!namesFiles(flags)) throw failure(`one or more files must be specified as ${example}`);
}
