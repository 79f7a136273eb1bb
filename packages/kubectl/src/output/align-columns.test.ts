import { describe, expect, it } from "vitest";
import { alignColumns } from "./align-columns.ts";

describe("alignColumns", () => {
  it("fills every cell but the last, at least to six", () => {
    expect(
      alignColumns([
        ["A", "NAME", "AGE"],
        ["", "longer-name", "1s"],
      ]),
    ).toBe("A     NAME          AGE\n      longer-name   1s\n");
  });
});
