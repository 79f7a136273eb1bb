import { applyPatch } from "diff";
import fc from "fast-check";
import { expect, it } from "vitest";
import { unifiedDiff } from "./unified-diff.ts";

const line = fc.constantFrom("- name: a", "  port: 80", "  protocol: TCP", "spec:", "b: c", "- name: b");
const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.map((one) => `${one}\n`).join(""));

it("tells how one text becomes the other", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const told = unifiedDiff(before, after);
      if (before === after) expect(told).toBe("");
      else expect(applyPatch(before, `--- a\n+++ b\n${told}`)).toBe(after);
    }),
  );
});

it("prints places and surroundings as diff -u does", () => {
  expect(unifiedDiff("", "a\nb\n")).toBe("@@ -0,0 +1,2 @@\n+a\n+b\n");
  expect(unifiedDiff("a\n", "b\n")).toBe("@@ -1 +1 @@\n-a\n+b\n");
  // An item that is added among equal lines stands where diff puts it: behind the whole item before it.
  const item = (name: string): string => `- name: ${name}\n  protocol: TCP\n`;
  expect(unifiedDiff(item("a") + item("c"), item("a") + item("b") + item("c"))).toBe(
    "@@ -1,4 +1,6 @@\n - name: a\n   protocol: TCP\n+- name: b\n+  protocol: TCP\n - name: c\n   protocol: TCP\n",
  );
});
