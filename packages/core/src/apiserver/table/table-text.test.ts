import { describe, expect, it } from "vitest";
import { humanDuration } from "./human-duration.ts";
import { parseRfc3339 } from "./rfc3339.ts";

describe("humanDuration", () => {
  it.each([
    [-2, "<invalid>"],
    [-1, "0s"],
    [0, "0s"],
    [10, "10s"],
    [119, "119s"],
    [120, "2m"],
    [121, "2m1s"],
    [600, "10m"],
    [10799, "179m"],
    [10800, "3h"],
    [10860, "3h1m"],
    [86400, "24h"],
    [172800, "2d"],
    [176400, "2d1h"],
    [691200, "8d"],
    [63072000, "2y"],
    [63158400, "2y1d"],
    [252288000, "8y"],
  ])("%d s is %s", (seconds, text) => {
    expect(humanDuration(seconds)).toBe(text);
  });
});

describe("parseRfc3339", () => {
  it.each(["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2026-01-01T00:00:00Z", "2100-03-01T12:00:00Z"])(
    "reads %s as the platform does",
    (text) => {
      expect(parseRfc3339(text)).toBe(Date.parse(text) / 1000);
    },
  );

  it("refuses what is no UTC time", () => {
    expect(parseRfc3339("yesterday")).toBeUndefined();
    expect(parseRfc3339("2026-01-01")).toBeUndefined();
  });
});
