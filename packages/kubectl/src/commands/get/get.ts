import { CommandError, failure, usageError } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags } from "../../flags/global-flags.ts";
import { fileFlags, namesFiles } from "../../resources/file-flags.ts";
import type { Command, CommandRun } from "../command.ts";
import { isHumanReadable } from "./answers.ts";
import { getObjects } from "./get-objects.ts";
import { getRaw } from "./get-raw.ts";
import { getTables } from "./get-tables.ts";
import { getWatch } from "./get-watch.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  { name: "all-namespaces", short: "A", kind: "bool" },
  { name: "chunk-size", kind: "int", initial: "500" },
  { name: "field-selector", kind: "string" },
  { name: "ignore-not-found", kind: "bool" },
  { name: "label-columns", short: "L", kind: "stringSlice" },
  { name: "no-headers", kind: "bool" },
  { name: "output-watch-events", kind: "bool" },
  { name: "raw", kind: "string" },
  { name: "selector", short: "l", kind: "string" },
  { name: "server-print", kind: "bool", initial: "true" },
  { name: "show-kind", kind: "bool" },
  { name: "show-labels", kind: "bool" },
  { name: "sort-by", kind: "string" },
  { name: "subresource", kind: "string" },
  { name: "watch", short: "w", kind: "bool" },
  { name: "watch-only", kind: "bool" },
];

/** `kubectl get` (pkg/cmd/get/get.go). */
export const get: Command = { name: "get", short: "Display one or many resources", flags, run };

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  if (given.text("raw") !== "") {
    getRaw(call);
    return;
  }
  const watches = given.flag("watch") || given.flag("watch-only");
  if (watches && given.text("sort-by") !== "") session.complain(sortIgnored(given.flag("watch")));
  const nothing = call.args.length === 0 && !namesFiles(given);
  if (nothing && !watches) throw nothingAskedFor(call);
  validate(call);
  if (nothing) throw new CommandError(missingResource);
  if (watches) getWatch(call);
  else if (isHumanReadable(call)) getTables(call);
  else getObjects(call);
}

function validate({ flags: given }: CommandRun): void {
  const format = given.text("output");
  if (given.flag("show-labels") && format !== "" && format !== "wide") {
    throw failure(`--show-labels option cannot be used with ${format} printer`);
  }
  if (given.list("label-columns").length > 0 && format.startsWith("custom-columns")) {
    throw failure(`--label-columns option cannot be used with ${format} printer`);
  }
  if (given.flag("output-watch-events") && !given.flag("watch") && !given.flag("watch-only")) {
    throw failure("--output-watch-events option can only be used with --watch or --watch-only");
  }
  if (!given.flag("server-print")) throw failure("--server-print=false is not modelled: tables are the server's");
}

function sortIgnored(lists: boolean): string {
  return lists
    ? "warning: --watch requested, --sort-by will be ignored for watch events received"
    : "warning: --watch-only requested, --sort-by will be ignored";
}

const missingResource = [
  "error: You must provide one or more resources by argument or filename.",
  "Example resource specifications include:",
  "   '-f rsrc.yaml'",
  "   '--filename=rsrc.json'",
  "   '<resource> <name>'",
  "   '<resource>'",
].join("\n");

function nothingAskedFor({ path, session }: CommandRun): Error {
  session.complain(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n',
  );
  const { message } = usageError(path, "Required resource not specified.");
  const [first = "", ...rest] = message.split("\n");
  const hint =
    'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).';
  return new CommandError([first, hint, ...rest].join("\n"));
}
