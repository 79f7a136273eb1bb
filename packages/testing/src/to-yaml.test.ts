import { test } from "@fast-check/vitest";
import { loadAll } from "js-yaml";
import { expect, it } from "vitest";
import { cluster, randomCluster } from "./cluster.ts";
import { clusterObjects } from "./generated-cluster.ts";
import { toYaml } from "./to-yaml.ts";

test.prop([cluster()])("a YAML reader gives the objects back", (generated) => {
  expect(loadAll(toYaml(generated))).toEqual(JSON.parse(JSON.stringify(clusterObjects(generated))));
});

it("makes the same cluster of the same seed, another of another", () => {
  expect(toYaml(randomCluster("a"))).toBe(toYaml(randomCluster("a")));
  expect(toYaml(randomCluster("a"))).not.toBe(toYaml(randomCluster("b")));
});

it("makes clusters as large as asked for", () => {
  const sizes = Array.from({ length: 20 }, (_, n) => randomCluster(`size-${n}`, { maxServices: 40 }).services.length);
  expect(Math.max(...sizes)).toBeGreaterThan(25);
});
