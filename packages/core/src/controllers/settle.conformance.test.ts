import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { describe, expect, it } from "vitest";
import { emptyState } from "../apiserver/empty-state.ts";
import { putObject } from "../apiserver/write-object.ts";
import type { ApiObject } from "../model/api-object.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import { virtualClock } from "../runtime/clock.ts";
import { seededRandom } from "../runtime/random.ts";
import { controllerName, managedByLabel } from "./endpoint-slice/slice-labels.ts";
import { settle } from "./settle.ts";

const folder = join(import.meta.dirname, "../../../../../shared/conformance/cluster");
const scenarios = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "cluster.yaml")))
  : [];

/** The slices of the EndpointSlice controller; hand-made ones are the API server's matter. */
const isOurs = (slice: EndpointSlice): boolean => slice.metadata.labels?.[managedByLabel] === controllerName;

describe.skipIf(scenarios.length === 0)("EndpointSlices of recorded clusters (needs ../shared/conformance)", () => {
  it.each(scenarios)("%s", (name) => {
    const slices = settledSlices(name).filter(isOurs).map(normalised).sort();
    const expected = (
      loadAll(readFileSync(join(folder, name, "expected/endpointslices.yaml"), "utf8")) as EndpointSlice[]
    )
      .filter((slice) => slice?.metadata !== undefined && isOurs(slice))
      .map(normalised)
      .sort();
    expect(slices).toEqual(expected);
  });
});

function settledSlices(name: string): readonly EndpointSlice[] {
  const read = (file: string): ApiObject[] => loadAll(readFileSync(join(folder, name, file), "utf8")) as ApiObject[];
  const clock = virtualClock();
  let state = emptyState();
  for (const object of [
    ...read("cluster.yaml").filter((o) => o !== null && o.kind in state.tables && o.kind !== "Service"),
    ...read("expected/services.yaml"),
  ]) {
    state = putObject(state, object, clock).state;
  }
  return settle(state, { random: seededRandom("conformance"), clock }).state.tables.EndpointSlice.values();
}

/** The forms of the recordings: no uids and times, `xxxxx` for the random part of a name, endpoints by address. */
function normalised(slice: EndpointSlice): string {
  const { name, generateName, namespace, labels, annotations, ownerReferences } = slice.metadata;
  const owners = ownerReferences?.map(({ uid: _, ...reference }) => reference);
  const endpoints = (slice.endpoints ?? []).map(({ targetRef, ...endpoint }) => ({
    ...endpoint,
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
