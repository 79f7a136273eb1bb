import { crc32 as zlibCrc32 } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { crc32 } from "./crc32.ts";

describe("crc32", () => {
  test("has the check value of the catalogue of CRCs", () => {
    expect(crc32("123456789")).toBe(0xcbf43926);
    expect(crc32("")).toBe(0);
  });

  test.prop([fc.string({ unit: "grapheme" })])("is zlib's, over the bytes of UTF-8", (text) => {
    expect(crc32(text)).toBe(zlibCrc32(text));
  });
});
