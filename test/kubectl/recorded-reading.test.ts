import { readFileSync } from "node:fs";
import { join } from "node:path";
import { answerRequest } from "@kubenetsim/api/answer-request";
import { blankState } from "@kubenetsim/core/apiserver/empty-state";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { runKubectl } from "@kubenetsim/kubectl";
import { TestApiServer } from "@kubenetsim/testing/api-server";
import { shellWords } from "kubenetsim/shell/shell-words";
import { describe, expect, it } from "vitest";

/** What a real kubectl 1.37.2 printed of objects on a real API server, and when, in milliseconds since 2026. */
interface Recorded {
  readonly command: string;
  readonly nowMs: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const [first = "", ...lines] = readFileSync(join(import.meta.dirname, "recorded-reading.jsonl"), "utf8")
  .trimEnd()
  .split("\n");
const objects = JSON.parse(first) as readonly ApiObject[];
const recorded = lines.map((line) => JSON.parse(line) as Recorded);

describe("recorded kubectl get and describe", () => {
  const api = new TestApiServer(objects.reduce((state, object) => putObject(state, object).state, blankState()));

  it.each(recorded.map((one) => [one.command, one] as const))("%s", (command, one) => {
    api.clock.advance(one.nowMs - api.clock.nowMs);
    const { stdout, stderr, exitCode } = runKubectl(shellWords(command), {
      handle: (request) => answerRequest(request, (resource) => api.server.handle(resource)),
      files: { read: () => undefined, write: () => {}, list: () => undefined },
      stdin: "",
      nowMs: one.nowMs,
      wait: () => false,
    });
    expect({ stdout: masked(stdout), stderr, exitCode }).toEqual({
      stdout: masked(one.stdout),
      stderr: one.stderr,
      exitCode: one.exitCode,
    });
  });
});

/** Objects get new revisions where they are put. */
function masked(text: string): string {
  return text.replace(/("?resourceVersion"?: )"\d+"/g, '$1"X"');
}
