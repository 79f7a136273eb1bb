import type { Random } from "@kubenetsim/core/runtime/random";
import { chance, pick } from "../ipvs/random-draws.ts";
import type { Json, JsonObject } from "./random-fields.ts";

/** Values of every type, right or wrong in one place or another. */
const values: readonly Json[] = [
  null,
  true,
  0,
  -1,
  70000,
  1.5,
  "",
  "x",
  "UPPER",
  "a_b",
  "-a",
  "10.0.0.300",
  "300m",
  "a".repeat(70),
  [],
  {},
  ["x"],
  { x: "y" },
];

/** An object with one field changed, taken away or added. */
export function spoiled(random: Random, object: JsonObject): JsonObject {
  const copy = structuredClone(object);
  const places = placesOf(copy, []).filter((path) => path[0] !== "apiVersion" && path[0] !== "kind");
  const path = pick(random, places);
  const holder = path.slice(0, -1).reduce<Json>((at, step) => (at as JsonObject)[step]!, copy) as JsonObject;
  const last = path.at(-1)!;
  if (chance(random, 0.25)) delete holder[last];
  else if (chance(random, 0.15)) holder.unknownField = "x";
  else holder[last] = pick(random, values);
  return copy;
}

function placesOf(value: Json, path: readonly string[]): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...placesOf(inner as Json, [...path, key])]);
}
