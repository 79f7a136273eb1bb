import { afterEach, expect, test, vi } from "vitest";
import { check } from "./check.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
afterEach(() => log.mockClear());

test.each([
  ["a right number", 16, 16, "✔ q: 16 is right"],
  ["a wrong one, with the hint", 15, 16, "✘ q: 15 is not it (hint)"],
  ["none", undefined, 16, "○ q: not answered yet"],
  ["false, which is an answer", false, false, "✔ q: false is right"],
  ["0, which is an answer", 0, 1, "✘ q: 0 is not it (hint)"],
  ["a number where a word is asked for", 16, "16", "✘ q: 16 is not it (hint)"],
  ["a list", [1, 2], [1, 2], "✔ q: 1 2 is right"],
  ["a list in another order", [2, 1], [1, 2], "✘ q: 2 1 is not it (hint)"],
])("says what it thinks of %s", (_, given, truth, line) => {
  check<number | string | boolean | readonly number[]>("q", given, truth, "hint");
  expect(log.mock.calls).toEqual([[line]]);
});

test("a wrong answer without a hint is only wrong", () => {
  check("q", 1, 2);
  expect(log.mock.calls).toEqual([["✘ q: 1 is not it"]]);
});
