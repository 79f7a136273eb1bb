import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { apiComparison } from "./api-comparison.ts";
import type { Answer } from "./plain-answer.ts";
import type { Conversation } from "./random-conversation.ts";

interface RecordedConversation extends Conversation {
  readonly seed: number;
  /** What the real API server answered, less what differs from server to server. */
  readonly answers: readonly Answer[];
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, "conversations.json"), "utf8"),
) as readonly RecordedConversation[];

/** Pods and Deployments, right and wrong, with the answers of a kube-apiserver 1.37.2. */
describe("recorded conversations with a real API server", () => {
  it.each(recorded.map((one) => [one.seed, one] as const))("seed %i: ours answers the same", (_, one) => {
    expect(apiComparison.differenceOf(one, one.answers)).toBeUndefined();
    expect(one.answers).toHaveLength(one.requests.length);
  });
});
