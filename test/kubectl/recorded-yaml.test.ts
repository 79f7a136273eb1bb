import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { printYaml } from "@kubenetsim/kubectl/output/yaml";
import { expect, it } from "vitest";

/** A ConfigMap of 1,500 texts that mean something in YAML, and how a real kubectl 1.37.2 printed it. */
const { object, yaml } = JSON.parse(readFileSync(join(import.meta.dirname, "recorded-yaml.json"), "utf8")) as {
  readonly object: PlainObject;
  readonly yaml: string;
};

it("prints texts as kubectl does: plain, quoted, as blocks, folded", () => {
  expect(printYaml(object).split("\n")).toEqual(yaml.split("\n"));
});

it("refuses control characters that the real one cannot print", () => {
  expect(() => printYaml({ text: "\x7f" })).toThrow("yaml: control characters are not allowed");
});
