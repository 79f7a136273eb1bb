import { readFileSync } from "node:fs";
import { join } from "node:path";
import { answerRequest } from "@kubenetsim/api/answer-request";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { runKubectl } from "@kubenetsim/kubectl";
import { TestApiServer } from "@kubenetsim/testing/api-server";
import { MemoryFiles } from "kubenetsim/shell/memory-files";
import { describe, expect, it } from "vitest";
import { comparable } from "../live/kubectl/kubectl-comparison.ts";

/** Commands one after another in a namespace `tst`, with what a real kubectl 1.37.2 answered before a real API server. */
interface Recorded {
  readonly files: Readonly<Record<string, string>>;
  readonly commands: readonly {
    readonly words: readonly string[];
    readonly input?: string;
    /** As `comparable` tells it. */
    readonly answer: string;
  }[];
}

/** Files, folders, patterns and standard input, good and bad ones, what is said of several that go wrong; `kubectl diff`; `apply --prune`. */
describe.each(["recorded-files.json", "recorded-diffs.json", "recorded-prunes.json", "recorded-words.json"])(
  "%s",
  (name) => {
    const { files, commands } = JSON.parse(readFileSync(join(import.meta.dirname, name), "utf8")) as Recorded;
    const api = new TestApiServer(emptyState({ serviceCIDRs: ["10.96.0.0/12"] }));
    const namespace = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "tst" } });
    const tree = new MemoryFiles({ ...files, "namespace.json": namespace });
    const run = (words: readonly string[], stdin = "") =>
      runKubectl(words, {
        handle: (request) => answerRequest(request, (resource) => api.server.handle(resource)),
        files: tree,
        stdin,
        nowMs: api.clock.nowMs,
        wait: () => false,
      });
    run(["create", "-f", "namespace.json"]);

    it.each(commands.map((one) => [one.words.join(" "), one] as const))("%s", (_, { words, input, answer }) => {
      expect(comparable(run(words, input))).toBe(answer);
    });
  },
);
