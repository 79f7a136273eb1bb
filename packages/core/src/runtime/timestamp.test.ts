import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { epoch } from "./clock.ts";
import { timestampOf } from "./timestamp.ts";

test("time 0 is the epoch", () => expect(timestampOf(0)).toBe(epoch));

propertyTest.prop([fc.integer({ min: 0, max: 2 ** 40 })])("agrees with the calendar of the machine", (ms) => {
  expect(timestampOf(ms)).toBe(new Date(Date.parse(epoch) + ms).toISOString().replace(/\.\d+Z$/, "Z"));
});
