import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { describe, expect, it } from "vitest";
import { readConditions } from "./conditions.ts";

function isMet(text: string, object: PlainObject): boolean {
  const [condition] = readConditions([text]);
  return condition?.kind === "object" && condition.isMet(object);
}

describe("kubectl wait --for=condition", () => {
  const available = { type: "Available", status: "True" };

  it("does not take what a status says of an older generation", () => {
    const at = (generation: number, observedGeneration: number): PlainObject => ({
      metadata: { generation },
      status: { observedGeneration, conditions: [available] },
    });
    expect(isMet("condition=Available", at(2, 1))).toBe(false);
    expect(isMet("condition=Available", at(2, 2))).toBe(true);
    expect(isMet("condition=Available", at(2, 3))).toBe(true);
  });

  it("asks the condition itself first which generation it has seen", () => {
    const at = (seen: number): PlainObject => ({
      metadata: { generation: 2 },
      status: { observedGeneration: 2, conditions: [{ ...available, observedGeneration: seen }] },
    });
    expect(isMet("condition=Available", at(1))).toBe(false);
    expect(isMet("condition=Available", at(2))).toBe(true);
  });

  it("takes type and value in any case, and nothing where there is no such condition", () => {
    const object = { metadata: {}, status: { conditions: [available] } };
    expect(isMet("condition=available=TRUE", object)).toBe(true);
    expect(isMet("condition=available=false", object)).toBe(false);
    expect(isMet("condition=Ready", object)).toBe(false);
    expect(isMet("condition=Ready", { metadata: {} })).toBe(false);
  });
});
