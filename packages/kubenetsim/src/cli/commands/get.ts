import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { epoch } from "@kubenetsim/core/runtime/clock";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Cluster } from "../../cluster/cluster.ts";
import { printTable } from "../../print/object-table.ts";
import { kindsByName, type PrintableKind } from "../../print/printable-kind.ts";
import { parseRfc3339 } from "../../print/rfc3339.ts";
import { inputOptions, readCluster } from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";

export const get: Command = {
  name: "get",
  summary: "objects as kubectl get lists them: svc, endpoints, endpointslices, pods, nodes",
  usage: "-f FILE… KIND[,KIND…] [NAME]",
  options: {
    ...inputOptions,
    namespace: { type: "string", short: "n", value: "NAME", help: "only this namespace (default: all, as kubectl -A)" },
    "all-namespaces": { type: "boolean", short: "A", help: "all namespaces, which is the default" },
    output: { type: "string", short: "o", value: "FORM", help: "wide, json" },
    "show-labels": { type: "boolean", help: "a last column with the labels" },
    json: { type: "boolean", help: "the objects as a JSON list" },
  },
  positionals: { least: 1, most: 2 },
  examples: ["kubenetsim get -f examples/shop svc -n shop", "kubenetsim get -f examples/shop pods -o wide"],
  run: runGet,
};

function runGet(args: Arguments, terminal: Terminal): ExitCode {
  const kinds = args.positionals[0]!.split(",").map(readKind);
  const form = readForm(args);
  const lab = readCluster(args, terminal);
  const lists = kinds.map((kind) => ({ kind, objects: select(lab, kind, args) }));
  const all = lists.flatMap((list) => list.objects);
  const name = args.positionals[1];
  if (name !== undefined && all.length === 0) {
    for (const kind of kinds) terminal.err(`Error from server (NotFound): ${resources[kind]} "${name}" not found\n`);
    return exitCode.notDelivered;
  }
  if (form === "json") terminal.out(`${JSON.stringify(listObject(all), undefined, 2)}\n`);
  else if (all.length === 0) terminal.err(notFound(args));
  else terminal.out(tables(lab, lists, args, form === "wide"));
  if (kinds.includes("Endpoints")) terminal.err(endpointsWarning);
  return exitCode.ok;
}

/** As kubectl says them: with the group, if any. */
const resources: Readonly<Record<PrintableKind, string>> = {
  Service: "services",
  Endpoints: "endpoints",
  EndpointSlice: "endpointslices.discovery.k8s.io",
  Pod: "pods",
  Node: "nodes",
};

/** What the API server says to everybody who asks for Endpoints; kubectl passes it on. */
const endpointsWarning = "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n";

function readKind(word: string): PrintableKind {
  const kind = kindsByName.get(word.toLowerCase());
  if (kind !== undefined) return kind;
  const meant = nearestWord(word, [...kindsByName.keys()]);
  throw new ParseError(`get does not know the kind "${word}"`, {
    hint: meant === undefined ? "expected svc, endpoints, endpointslices, pods or nodes" : `did you mean ${meant}?`,
  });
}

function readForm(args: Arguments): "table" | "wide" | "json" {
  const output = args.flag("json") ? "json" : args.text("output");
  if (output === undefined) return "table";
  if (output === "wide" || output === "json") return output;
  throw new ParseError(`--output takes wide or json, not "${output}"`);
}

function select(lab: Cluster, kind: PrintableKind, args: Arguments): ApiObject[] {
  const namespace = kind === "Node" ? undefined : args.text("namespace");
  const name = args.positionals[1];
  const objects: readonly ApiObject[] = lab.list(kind, namespace);
  return objects.filter((object) => name === undefined || object.metadata.name === name);
}

function notFound(args: Arguments): string {
  const namespace = args.text("namespace");
  return namespace === undefined ? "No resources found\n" : `No resources found in ${namespace} namespace.\n`;
}

function tables(
  lab: Cluster,
  lists: readonly { readonly kind: PrintableKind; readonly objects: readonly ApiObject[] }[],
  args: Arguments,
  wide: boolean,
): string {
  const nowSeconds = present(lab);
  return lists
    .map(({ kind, objects }) => {
      const withNamespace = args.text("namespace") === undefined && (kind !== "Node" || lists.length > 1);
      const withLabels = args.flag("show-labels");
      return printTable(kind, objects, { wide, withLabels, withNamespace, withKind: lists.length > 1, nowSeconds });
    })
    .filter((text) => text !== "")
    .join("\n");
}

function listObject(items: readonly ApiObject[]) {
  return { apiVersion: "v1", kind: "List", items, metadata: { resourceVersion: "" } };
}

/** Ages count from the simulation's beginning, or from the newest object of a dump that is younger. */
function present(lab: Cluster): number {
  let now = parseRfc3339(epoch)! + lab.clock.nowMs / 1000;
  for (const kind of new Set(kindsByName.values())) {
    const objects: readonly ApiObject[] = lab.list(kind);
    for (const { metadata } of objects) now = Math.max(now, parseRfc3339(metadata.creationTimestamp ?? "") ?? 0);
  }
  return now;
}
