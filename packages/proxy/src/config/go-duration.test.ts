import { expect, it } from "vitest";
import { parseGoDuration } from "./go-duration.ts";

it.each([
  ["0", 0],
  ["30s", 30],
  ["1h30m", 5400],
  ["1.5s", 1.5],
  ["-2m", -120],
  [".5h", 1800],
  ["", undefined],
  ["30", undefined],
  ["s", undefined],
  ["1d", undefined],
])("reads the Go duration %j as %s seconds", (text, seconds) => {
  expect(parseGoDuration(text)).toBe(seconds);
});
