import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { setField } from "@kubenetsim/core/apiserver/own-field";
import type { Requirement, Selector } from "@kubenetsim/core/model/label-selector";
import { parseSelector } from "@kubenetsim/core/model/selector-text";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { strategicPatchBetween } from "../../client/strategic-patch.ts";
import { failure } from "../../command-error.ts";
import { readDryRun } from "../../flags/dry-run.ts";
import type { Flag } from "../../flags/flag.ts";
import { findResources } from "../../resources/find-resources.ts";
import { objectPath } from "../../resources/resource-info.ts";
import type { Command, CommandRun } from "../command.ts";
import { setFlags, setPrinter } from "./set-objects.ts";

const flags: readonly Flag[] = [
  ...setFlags.filter(({ name }) => name !== "selector"),
  { name: "resource-version", kind: "string" },
];

/** `kubectl set selector` (pkg/cmd/set/set_selector.go): the last word is the selector. */
export const setSelector: Command = { name: "selector", short: "Set the selector on a resource", flags, run };

function run(call: CommandRun): void {
  const { args, flags: given, session } = call;
  const dryRun = readDryRun(given);
  const text = args.at(-1);
  const selector = text === undefined ? undefined : readSelector(text);
  const print = setPrinter(call, "selector updated");
  if (selector === undefined) throw failure("one selector is required");
  const all = given.flag("all") ? "typeAlone" : "none";
  const isLocal = given.flag("local");
  const objects = isLocal ? "asRead" : "latest";
  findResources({ session, flags: given, args: args.slice(0, -1), all, objects }).visit((info) => {
    const version = given.text("resource-version");
    // A version that is given is sent also where it is the object's own: the patch is made from an object without one.
    const before = version === "" ? info.object! : withVersion(info.object!, undefined);
    const after = withSelector(version === "" ? before : withVersion(before, version), selector);
    if (isLocal || dryRun === "client") {
      print(after);
      return;
    }
    const body = JSON.stringify(strategicPatchBetween(before, after));
    const contentType = "application/strategic-merge-patch+json";
    const query = {
      fieldManager: given.text("field-manager") || "kubectl-set",
      dryRun: dryRun === "server" ? "All" : undefined,
    };
    print(session.client.ask("PATCH", objectPath(info), { body, contentType, query }));
  });
}

/** What the last word asks for: labels, and what is more than a Service's selector can say. */
interface GivenSelector {
  readonly labels: Readonly<Record<string, string>>;
  /** As Go prints them: `{tier In [a b]}`. */
  readonly expressions: readonly string[];
}

const operators: Readonly<Partial<Record<Requirement["operator"], string>>> = {
  in: "In",
  notin: "NotIn",
  exists: "Exists",
  "!": "DoesNotExist",
};

/** @throws CommandError in the words of apimachinery's ParseToLabelSelector */
function readSelector(text: string): GivenSelector {
  const labels: Record<string, string> = {};
  const expressions: string[] = [];
  for (const { key, operator, values } of requirementsOf(text)) {
    const word = operators[operator];
    if (operator === "=" || operator === "==") setField(labels, key, values[0]!);
    else if (word !== undefined) expressions.push(`{${key} ${word} [${values.join(" ")}]}`);
    else if (operator === "!=") throw failure('"!=" is not a valid label selector operator');
    else throw failure(`${JSON.stringify(operator)} isn't supported in label selectors`);
  }
  return { labels, expressions };
}

function requirementsOf(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (reason) {
    if (!(reason instanceof ParseError)) throw reason;
    throw failure(`couldn't parse the selector string "${text}": ${reason.message}`);
  }
}

function withSelector(object: PlainObject, { labels, expressions }: GivenSelector): PlainObject {
  if (object.kind !== "Service") throw failure("setting a selector is only supported for Services");
  if (expressions.length > 0) {
    throw failure(`match expression [${expressions.join(" ")}] not supported on this object`);
  }
  // Fields of a selector go one by one: what is not in the new one is taken away.
  return { ...object, spec: { ...(object.spec as PlainObject), selector: { ...labels } } };
}

function withVersion(object: PlainObject, version: string | undefined): PlainObject {
  const { resourceVersion: _, ...metadata } = object.metadata as PlainObject;
  return { ...object, metadata: version === undefined ? metadata : { ...metadata, resourceVersion: version } };
}
