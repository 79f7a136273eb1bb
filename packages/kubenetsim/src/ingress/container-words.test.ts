import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import type { Pod } from "@kubenetsim/core/model/pod";
import { describe, expect, it } from "vitest";
import { containerWords } from "./container-words.ts";

const settings = { metadata: { namespace: "n", name: "c" }, data: { level: "3" } };
const state = {
  tables: { ConfigMap: new Map([["n/c", settings as unknown as ConfigMap]]) },
} as unknown as ClusterState;
const pod = { metadata: { namespace: "n", name: "p", labels: { app: "web" } }, spec: {} } as unknown as Pod;

function word(valueFrom: object): string {
  const container = { name: "a", image: "a", args: ["$(V)"], env: [{ name: "V", valueFrom }] };
  return containerWords(state, pod, container)[0]!;
}

describe("the words of a container", () => {
  it.each([
    [{ configMapKeyRef: { name: "c", key: "level" } }, "3"],
    [{ configMapKeyRef: { name: "c", key: "constructor" } }, "$(V)"],
    [{ configMapKeyRef: { name: "none", key: "level" } }, "$(V)"],
    [{ fieldRef: { fieldPath: "metadata.labels['app']" } }, "web"],
    [{ fieldRef: { fieldPath: "metadata.labels['constructor']" } }, ""],
    [{ fieldRef: { fieldPath: "metadata.annotations['app']" } }, ""],
  ])("with a variable from %j", (valueFrom, text) => {
    expect(word(valueFrom)).toBe(text);
  });
});
