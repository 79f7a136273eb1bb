import { expect, it } from "vitest";
import { parseGoDuration } from "./go-duration.ts";

it.each([
  ["0", 0],
  ["30s", 30],
  ["1h30m", 5400],
  ["1.5s", 1.5],
  ["-2m", -120],
  [".5h", 1800],
  ["1µs", 1e-6],
  ["1μs2ns", 1.002e-6],
  ["2562047h47m16.854775807s", 9223372036.854776],
  ["-2562047h47m16.854775808s", -9223372036.854776],
  ["", 'time: invalid duration ""'],
  ["-", 'time: invalid duration "-"'],
  ["30", 'time: missing unit in duration "30"'],
  ["s", 'time: invalid duration "s"'],
  [".s", 'time: invalid duration ".s"'],
  ["1d", 'time: unknown unit "d" in duration "1d"'],
  ["1toString", 'time: unknown unit "toString" in duration "1toString"'],
  ['1"é', 'time: unknown unit "\\"\\xc3\\xa9" in duration "1\\"\\xc3\\xa9"'],
  ["99999999999h", 'time: invalid duration "99999999999h"'],
  ["2562047h47m16.854775808s", 'time: invalid duration "2562047h47m16.854775808s"'],
  ["99999999999999999999", 'time: invalid duration "99999999999999999999"'],
])("reads the Go duration %j as %s", (text, seconds) => {
  expect(parseGoDuration(text)).toBe(seconds);
});
