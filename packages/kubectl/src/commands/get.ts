import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../client/server-error.ts";
import { CommandError, failure, together, usageError } from "../command-error.ts";
import type { Flag } from "../flags/flag.ts";
import { printFlags } from "../flags/global-flags.ts";
import { printJson, sortedKeys } from "../output/json.ts";
import { nameOf, withoutManagedFields } from "../output/object-printer.ts";
import { asTable, printTable } from "../output/table.ts";
import { printYaml } from "../output/yaml.ts";
import { readResourceArguments } from "../resources/resource-arguments.ts";
import { collectionPath, type ResourceType } from "../resources/resource-type.ts";
import type { Command, CommandRun } from "./command.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  { name: "all-namespaces", short: "A", kind: "bool" },
  { name: "chunk-size", kind: "int", initial: "500" },
  { name: "field-selector", kind: "string" },
  { name: "ignore-not-found", kind: "bool" },
  { name: "label-columns", short: "L", kind: "stringSlice" },
  { name: "no-headers", kind: "bool" },
  { name: "selector", short: "l", kind: "string" },
  { name: "show-kind", kind: "bool" },
  { name: "show-labels", kind: "bool" },
];

/** `kubectl get` (pkg/cmd/get/get.go). */
export const get: Command = { name: "get", short: "Display one or many resources", flags, run };

function run(call: CommandRun): void {
  if (call.args.length === 0) throw nothingAskedFor(call);
  const format = call.flags.text("output");
  if (format === "" || format === "wide") printTables(call, format === "wide");
  else printObjects(call, format);
}

/** One request: a collection, or an object of it. */
interface Request {
  readonly type: ResourceType;
  readonly path: string;
  readonly isOne: boolean;
}

function requestsOf({ args, flags: given, session }: CommandRun): Request[] {
  const { types, objects } = readResourceArguments(args);
  const all = given.flag("all-namespaces");
  if (objects !== undefined && all) {
    throw failure("a resource cannot be retrieved by name across all namespaces");
  }
  const namespace = all ? undefined : session.namespace;
  if (objects === undefined) {
    return types.map((type) => ({ type, path: collectionPath(type, namespace), isOne: false }));
  }
  return objects.map(({ type, name }) => ({ type, path: `${collectionPath(type, namespace)}/${name}`, isOne: true }));
}

const acceptTable = ["v1", "v1beta1"]
  .map((version) => `application/json;as=Table;v=${version};g=meta.k8s.io`)
  .join(",");

/** Rows of one kind that follow each other stand below one header. */
function printTables(call: CommandRun, wide: boolean): void {
  const { flags: given, session } = call;
  const requests = requestsOf(call);
  const { found, errors } = answersOf(call, requests, `${acceptTable},application/json`);
  const kinds = new Set(found.map(({ request }) => request.type.kind));
  const withKind = given.flag("show-kind") || kinds.size > 1;
  const all = given.flag("all-namespaces");
  let isFirst = true;
  for (const group of groupsOf(found)) {
    const { info } = group.type;
    const text = printTable(
      { columnDefinitions: group.answers[0]!.columnDefinitions, rows: group.answers.flatMap(({ rows }) => rows) },
      {
        wide,
        noHeaders: given.flag("no-headers"),
        withNamespace: all && (info.namespaced || withKind),
        showLabels: given.flag("show-labels"),
        labelColumns: given.list("label-columns"),
        kindPrefix: withKind ? info.qualified.replace(group.type.kind, info.singular) : undefined,
      },
    );
    if (text === "") continue;
    if (!isFirst && !given.flag("no-headers")) session.say("");
    isFirst = false;
    session.write(text);
  }
  if (errors.length > 0) throw together(errors);
  if (!isFirst || given.flag("ignore-not-found")) return;
  const isNamespaced = !all && requests.every(({ type }) => type.info.namespaced);
  session.complain(isNamespaced ? `No resources found in ${session.namespace} namespace.` : "No resources found");
}

function groupsOf(found: readonly { readonly request: Request; readonly body: PlainObject }[]) {
  const groups: { type: ResourceType; answers: ReturnType<typeof asTable>[] }[] = [];
  for (const { request, body } of found) {
    if (groups.at(-1)?.type !== request.type) groups.push({ type: request.type, answers: [] });
    groups.at(-1)!.answers.push(asTable(body));
  }
  return groups;
}

/** One object as it is, several as a List. */
function printObjects(call: CommandRun, format: string): void {
  const { flags: given, session } = call;
  const requests = requestsOf(call);
  const { found, errors } = answersOf(call, requests, "application/json");
  const objects = found.flatMap(({ request, body }) => (request.isOne ? [body] : itemsOf(body)));
  const shown = objects.map((object) =>
    given.flag("show-managed-fields") ? object : withoutManagedFields(object),
  ) as Plain[] as PlainObject[];
  if (format === "name") for (const object of shown) session.say(nameOf(object));
  else if (requests.length === 1 && requests[0]!.isOne) {
    if (shown.length > 0) session.write(textOf(shown[0]!, format));
  } else if (shown.length > 0 || errors.length === 0) {
    session.write(textOf({ apiVersion: "v1", items: shown, kind: "List", metadata: { resourceVersion: "" } }, format));
  }
  if (errors.length > 0) throw together(errors);
}

function textOf(value: PlainObject, format: string): string {
  if (format === "yaml") return printYaml(value);
  if (format === "json") return printJson(sortedKeys(value));
  throw failure(`unable to match a printer suitable for the output format ${JSON.stringify(format)}`);
}

function answersOf(call: CommandRun, requests: readonly Request[], accept: string) {
  const { flags: given, session } = call;
  const found: { readonly request: Request; readonly body: PlainObject }[] = [];
  const errors: ServerError[] = [];
  for (const request of requests) {
    const query = request.isOne
      ? {}
      : {
          labelSelector: given.text("selector") || undefined,
          fieldSelector: given.text("field-selector") || undefined,
          limit: given.text("chunk-size"),
        };
    try {
      found.push({ request, body: session.client.ask("GET", request.path, { query, accept }) });
    } catch (reason) {
      if (!(reason instanceof ServerError)) throw reason;
      if (reason.reason !== "NotFound" || !given.flag("ignore-not-found")) errors.push(reason);
    }
  }
  return { found, errors };
}

function itemsOf(list: PlainObject): PlainObject[] {
  const { kind, apiVersion, items } = list as { kind: string; apiVersion: string; items: readonly PlainObject[] };
  return items.map((item) => ({ apiVersion, kind: kind.replace(/List$/, ""), ...item }));
}

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
