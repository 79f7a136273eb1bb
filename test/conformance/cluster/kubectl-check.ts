import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import { epoch } from "@kubenetsim/core/runtime/clock";
import { printTable } from "kubenetsim/print/object-table";
import { kindsByName, type PrintableKind } from "kubenetsim/print/printable-kind";
import { parseRfc3339 } from "kubenetsim/print/rfc3339";
import { firstDifference } from "../first-difference.ts";
import type { Scenario } from "./scenario.ts";

/** The recordings show every age as ten seconds. */
const nowSeconds = parseRfc3339(epoch)! + 10;

/** Holds a recorded `kubectl get` against what is printed of the same objects. */
export function kubectlDifference(scenario: Scenario, file: string): string | undefined {
  const command = /^kubectl\/get-([a-z-]+?)(-all)?(-o-wide|-show-labels)?\.txt$/.exec(file);
  const kinds = command?.[1]?.split("-");
  if (command === null || kinds === undefined) return "not modelled yet";
  if (kinds.some((kind) => !kindsByName.has(kind) && !(kind === "ingress" && kinds.length > 1)))
    return "not modelled yet";
  const [, ...lines] = readFileSync(join(scenario.path, "expected", file), "utf8").split("\n");
  const options = { wide: command[3] === "-o-wide", withLabels: command[3] === "-show-labels" };
  const ours = printed(scenario, kinds, command[2] !== undefined, options);
  // Endpoints stand in the order of their subsets, which the Pods' random uids decide.
  const isRandom = kinds.includes("endpoints") ? /./ : /xxxxx|\+ \d+ more\.\.\./;
  return firstDifference(comparable(lines.join("\n"), isRandom), comparable(ours, isRandom));
}

/** What the API server says to everybody who asks for Endpoints; kubectl passes it on. */
const endpointsWarning = `# stderr:
Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice
`;

function printed(
  scenario: Scenario,
  names: readonly string[],
  all: boolean,
  form: { readonly wide: boolean; readonly withLabels: boolean },
): string {
  const withKind = names.length > 1;
  const tables = names
    .map((name) => kindsByName.get(name))
    .filter((kind): kind is PrintableKind => kind !== undefined)
    .map((kind) => {
      const objects: readonly ApiObject[] = scenario.state.tables[kind].list(
        all || kind === "Node" ? undefined : "default",
      );
      const withNamespace = all && (kind !== "Node" || withKind);
      return printTable(kind, objects.map(asRecorded), { ...form, withNamespace, withKind, nowSeconds });
    })
    .filter((text) => text !== "");
  if (tables.length > 0) return tables.join("\n") + (names.includes("endpoints") ? endpointsWarning : "");
  return `# stderr:\nNo resources found${all ? "" : " in default namespace."}\n`;
}

/** Random ends of names stand as xxxxx. */
function asRecorded(object: ApiObject): ApiObject {
  const { generateName } = object.metadata;
  if (object.kind !== "EndpointSlice" || generateName === undefined) return object;
  return {
    ...(object as EndpointSlice),
    metadata: { ...object.metadata, name: `${object.metadata.name.slice(0, -5)}xxxxx` },
  };
}

/**
 * Without what differs from run to run: the order of a slice's endpoints, which of them are shown when there are more, and
 * the order of slices, which is that of their random names.
 */
function comparable(text: string, isRandom: RegExp): string[] {
  const slices: string[] = [];
  const others: string[] = [];
  for (const line of text.trimEnd().split("\n")) {
    if (isRandom.test(line)) slices.push(calmed(line));
    else others.push(line);
  }
  return [...others, ...slices.sort()];
}

function calmed(line: string): string {
  return line
    .replace(/ +/g, " ")
    .replace(/\S+( \+ \d+ more\.\.\.)/, "…$1")
    .replace(/(?<= )\S+,\S+(?= \S+$)/, (list) => list.split(",").sort().join(","));
}
