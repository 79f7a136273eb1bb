import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { describe, expect, it } from "vitest";
import { applyYaml } from "../apiserver/apply.ts";
import { emptyState } from "../apiserver/empty-state.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import { virtualClock } from "../runtime/clock.ts";
import { seededRandom } from "../runtime/random.ts";
import { settle } from "./settle.ts";

const folder = join(import.meta.dirname, "../../../../../shared/conformance/cluster");
const scenarios = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "cluster.yaml")))
  : [];

describe.skipIf(scenarios.length === 0)("EndpointSlices of recorded clusters (needs ../shared/conformance)", () => {
  it.each(scenarios)("%s", (name) => {
    const slices = settledSlices(name).map(normalised).sort();
    const expected = (
      loadAll(readFileSync(join(folder, name, "expected/endpointslices.yaml"), "utf8")) as EndpointSlice[]
    )
      .filter((slice) => slice?.metadata !== undefined)
      .map(normalised)
      .sort();
    expect(slices).toEqual(expected);
  });
});

function settledSlices(name: string): readonly EndpointSlice[] {
  const context = { random: seededRandom("conformance"), clock: virtualClock() };
  // The recorder's YAML library takes a bare y for text; to Kubernetes it is true.
  const text = readFileSync(join(folder, name, "cluster.yaml"), "utf8").replaceAll(/: y$/gm, ': "y"');
  const empty = emptyState({ serviceCIDRs: ["10.96.0.0/12", "fd00:10:96::/112"] });
  return settle(applyYaml(empty, text, name, context).state, context).state.tables.EndpointSlice.values();
}

/** The forms of the recordings: no uids and times, `xxxxx` for the random part of a name, endpoints by address. */
function normalised(slice: EndpointSlice): string {
  const { name, generateName, namespace, labels, annotations, ownerReferences } = slice.metadata;
  const owners = ownerReferences?.map(({ uid: _, ...reference }) => reference);
  const endpoints = (slice.endpoints ?? []).map(({ targetRef, ...endpoint }) => ({
    ...endpoint,
    // Go always prints the structure, JSON made here leaves an empty one out.
    conditions: endpoint.conditions,
    ...(targetRef === undefined ? {} : { targetRef: { ...targetRef, uid: undefined } }),
  }));
  endpoints.sort((a, b) => (a.addresses[0]! < b.addresses[0]! ? -1 : 1));
  const trigger = "endpoints.kubernetes.io/last-change-trigger-time";
  return sortedJson({
    metadata: {
      name: generateName === undefined ? name : `${generateName}xxxxx`,
      generateName,
      namespace,
      labels,
      annotations: annotations?.[trigger] === undefined ? annotations : { ...annotations, [trigger]: "TIME" },
      ownerReferences: owners,
    },
    addressType: slice.addressType,
    ports: slice.ports ?? [],
    endpoints,
  });
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === "object" && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
