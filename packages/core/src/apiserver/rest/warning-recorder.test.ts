import { expect, it } from "vitest";
import { WarningRecorder } from "./warning-recorder.ts";

it("says each warning once, in the order in which they came", () => {
  const warnings = new WarningRecorder();
  warnings.add("b", "a", "b", "");
  expect(warnings.texts).toEqual(["b", "a"]);
});

it("drops what a header cannot hold", () => {
  const warnings = new WarningRecorder();
  warnings.add("two\nlines", "one line");
  expect(warnings.texts).toEqual(["one line"]);
});

it("cuts all of them down where they are too long together", () => {
  const warnings = new WarningRecorder();
  warnings.add(...Array.from({ length: 20 }, (_, i) => `${i}:${"x".repeat(400)}`));
  expect(warnings.texts).toHaveLength(16);
  expect(new Set(warnings.texts.map((text) => text.length))).toEqual(new Set([256]));
});
