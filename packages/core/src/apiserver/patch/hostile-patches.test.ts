import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import { manifestLimits } from "../manifest/limits.ts";

const { depth } = manifestLimits;

const configMaps = "/api/v1/namespaces/default/configmaps";
const types = {
  json: { "content-type": "application/json-patch+json" },
  merge: { "content-type": "application/merge-patch+json" },
  strategic: { "content-type": "application/strategic-merge-patch+json" },
};

function serverWithA(data: string): TestApiServer {
  const api = new TestApiServer();
  api.ask("POST", configMaps, `{"metadata":{"name":"a"},"data":${data}}`);
  return api;
}

const lists = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

describe("patches that are nested deep", () => {
  const patches = (levels: number): [keyof typeof types, string][] => [
    ["merge", `{"data":${objects(levels)}}`],
    ["json", `[{"op":"add","path":"/data/x","value":${lists(levels)}}]`],
    ["strategic", `{"data":{"q":${lists(levels)}}}`],
  ];

  it.each(patches(100_000))("%s: what Go's decoder does not read is no patch", (type, patch) => {
    const { code, body } = serverWithA('{"k":"v"}').ask("PATCH", `${configMaps}/a`, patch, types[type]);
    expect([code, (body as { message: string }).message]).toEqual([400, "invalid JSON patch"]);
  });

  it.each(patches(depth - 10))("%s: up to there its values are judged", (type, patch) => {
    const { code } = serverWithA('{"k":"v"}').ask("PATCH", `${configMaps}/a`, patch, types[type]);
    expect(code).toBe(422);
  });

  it("does not let moves build what no patch may hold", () => {
    const steps = "/a".repeat(depth - 20);
    const operations = ["/b", "/c", "/d", "/e"].flatMap((name, i, names) => [
      { op: "add", path: name, value: JSON.parse(objects(depth - 20)) as unknown },
      ...(i === 0 ? [] : [{ op: "move", from: names[i - 1], path: `${name}${steps}` }]),
    ]);
    const api = serverWithA('{"k":"v"}');
    expect(api.ask("PATCH", `${configMaps}/a`, operations, types.json).code).toBe(422);
  });
});

describe("keys that JavaScript has a meaning for", () => {
  type Owned = { metadata: { managedFields: { fieldsV1: unknown }[] } };

  it("belong to who wrote them", () => {
    const api = serverWithA('{"ok":"1","constructor":"c","__proto__":"x"}');
    const { body } = api.ask("GET", `${configMaps}/a`);
    const fields = JSON.stringify((body as unknown as Owned).metadata.managedFields[0]!.fieldsV1);
    expect(fields).toBe('{"f:data":{".":{},"f:__proto__":{},"f:constructor":{},"f:ok":{}}}');
  });

  it("belong to nobody when they have gone", () => {
    const api = serverWithA('{"ok":"1","constructor":"c","__proto__":"x"}');
    const patch = '{"data":{"constructor":null,"__proto__":null}}';
    const { body } = api.ask("PATCH", `${configMaps}/a`, patch, types.strategic);
    const fields = JSON.stringify((body as unknown as Owned).metadata.managedFields[0]!.fieldsV1);
    expect(fields).toBe('{"f:data":{".":{},"f:ok":{}}}');
  });
});
