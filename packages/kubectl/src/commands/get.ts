import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import type { Flag } from "../flags/flag.ts";
import { printFlags } from "../flags/global-flags.ts";
import { printJson, sortedKeys } from "../output/json.ts";
import { nameOf, withoutManagedFields } from "../output/object-printer.ts";
import { printYaml } from "../output/yaml.ts";
import { readResourceArguments } from "../resources/resource-arguments.ts";
import { collectionPath, type ResourceType } from "../resources/resource-type.ts";
import type { Command, CommandRun } from "./command.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  { name: "all-namespaces", short: "A", kind: "bool" },
  { name: "selector", short: "l", kind: "string" },
  { name: "field-selector", kind: "string" },
];

/** `kubectl get` (pkg/cmd/get/get.go). */
export const get: Command = { name: "get", short: "Display one or many resources", flags, run };

function run(call: CommandRun): void {
  const { flags: given, session, args } = call;
  const format = given.text("output");
  const { types, objects } = readResourceArguments(args);
  const namespace = given.flag("all-namespaces") ? undefined : session.namespace;
  const found =
    objects === undefined
      ? types.flatMap((type) => listOf(call, type, namespace))
      : objects.map(({ type, name }) => session.client.ask("GET", `${collectionPath(type, namespace)}/${name}`));
  const print = (value: PlainObject): void => {
    if (format === "yaml") session.write(printYaml(value));
    else if (format === "json") session.write(printJson(sortedKeys(value)));
    else throw failure(`output format ${JSON.stringify(format)} is not there yet`);
  };
  if (format === "name") for (const object of found) session.say(nameOf(object));
  else if (objects?.length === 1) print(printable(found[0]!, given.flag("show-managed-fields")));
  else {
    const items = found.map((object) => printable(object, given.flag("show-managed-fields"))) as Plain[];
    print({ apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } });
  }
}

function listOf(
  { flags: given, session }: CommandRun,
  type: ResourceType,
  namespace: string | undefined,
): PlainObject[] {
  const list = session.client.ask("GET", collectionPath(type, namespace), {
    query: {
      labelSelector: given.text("selector") || undefined,
      fieldSelector: given.text("field-selector") || undefined,
    },
  });
  const { kind, apiVersion } = list;
  return (list.items as PlainObject[]).map(
    (item) => ({ apiVersion, kind: String(kind).replace(/List$/, ""), ...item }) as PlainObject,
  );
}

function printable(object: PlainObject, withManaged: boolean): PlainObject {
  return withManaged ? object : withoutManagedFields(object);
}
