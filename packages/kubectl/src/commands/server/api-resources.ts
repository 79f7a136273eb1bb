import { failure, usageError } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { alignColumns } from "../../output/align-columns.ts";
import { printJson } from "../../output/json.ts";
import { printYaml } from "../../output/yaml.ts";
import type { Command, CommandRun } from "../command.ts";
import { discover, type ServedResource } from "./discovery.ts";

const flags: readonly Flag[] = [
  { name: "api-group", kind: "string" },
  { name: "cached", kind: "bool" },
  { name: "categories", kind: "stringSlice" },
  { name: "namespaced", kind: "bool", initial: "true" },
  { name: "no-headers", kind: "bool" },
  { name: "output", short: "o", kind: "string" },
  { name: "show-managed-fields", kind: "bool" },
  { name: "sort-by", kind: "string" },
  { name: "verbs", kind: "stringSlice" },
];

/** `kubectl api-resources` (pkg/cmd/apiresources/apiresources.go). */
export const apiResources: Command = {
  name: "api-resources",
  short: "Print the supported API resources on the server",
  flags,
  run,
};

function run(call: CommandRun): void {
  const { args, flags: given, path, session } = call;
  if (args.length > 0) throw usageError(path, `unexpected arguments: [${args.join(" ")}]`);
  const format = given.text("output");
  if (!["", "wide", "name", "json", "yaml"].includes(format)) throw unknownFormat(format);
  const sortBy = given.text("sort-by");
  if (!["", "name", "kind"].includes(sortBy)) throw failure("--sort-by accepts only name or kind");
  const preferred = discover(session).filter(({ isPreferred }) => isPreferred);
  const resources = preferred.flatMap((version) => version.resources).filter((one) => isWanted(one, call));
  const sorted = resources.sort((a, b) => compare(keyOf(a, sortBy), keyOf(b, sortBy)) || compare(a.name, b.name));
  session.write(textOf(sorted, format, given.flag("no-headers")));
}

function isWanted(resource: ServedResource, { flags: given }: CommandRun): boolean {
  if (resource.verbs.length === 0) return false;
  if (given.has("api-group") && given.text("api-group") !== resource.group) return false;
  if (given.has("namespaced") && given.flag("namespaced") !== resource.namespaced) return false;
  return (
    given.list("verbs").every((verb) => resource.verbs.includes(verb)) &&
    given.list("categories").every((category) => resource.categories.includes(category))
  );
}

function keyOf(resource: ServedResource, sortBy: string): string {
  return sortBy === "name" ? resource.name : sortBy === "kind" ? resource.kind : resource.group;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function textOf(resources: readonly ServedResource[], format: string, noHeaders: boolean): string {
  if (format === "name") return resources.map(({ name, group }) => `${name}${group && `.${group}`}\n`).join("");
  if (format === "json") return printJson(listOf(resources));
  if (format === "yaml") return printYaml(listOf(resources));
  const isWide = format === "wide";
  const header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(isWide ? ["VERBS", "CATEGORIES"] : [])];
  const rows = resources.map(({ name, shortNames, group, version, namespaced, kind, verbs, categories }) => [
    name,
    shortNames.join(","),
    group === "" ? version : `${group}/${version}`,
    String(namespaced),
    kind,
    ...(isWide ? [verbs.join(","), categories.join(",")] : []),
  ]);
  return alignColumns(noHeaders ? rows : [header, ...rows]);
}

function listOf(resources: readonly ServedResource[]) {
  const listed = resources.map(
    ({ name, singularName, namespaced, group, version, kind, verbs, shortNames, categories }) => ({
      name,
      singularName,
      namespaced,
      ...(group === "" ? {} : { group }),
      version,
      kind,
      verbs,
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
    }),
  );
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: "", resources: listed };
}

function unknownFormat(format: string): Error {
  if (format === "kyaml") return failure("-o kyaml is not modelled; known formats are: json,name,wide,yaml");
  return failure(
    `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: json,kyaml,name,wide,yaml`,
  );
}
