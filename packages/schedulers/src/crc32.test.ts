import { crc32 as zlibCrc32 } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { crc32, crc32Bytes, crc32End, crc32Start, crc32Text, crc32Word } from "./crc32.ts";
import { utf8Bytes } from "./utf8.ts";

const text = fc.string({ unit: "binary" });
const ascii = fc.string({ unit: "binary-ascii" });

describe("crc32", () => {
  it("gives the check value of its catalogue entry", () => {
    expect(crc32("123456789")).toBe(0xcbf43926);
    expect(crc32("")).toBe(0);
    expect(crc32("The quick brown fox jumps over the lazy dog")).toBe(0x414fa339);
  });

  test.prop([text])("is zlib's, of any text", (value) => {
    expect(crc32(value)).toBe(zlibCrc32(value));
  });

  test.prop([ascii, ascii])("goes on from a register", (first, second) => {
    expect(crc32End(crc32Text(crc32Text(crc32Start, first), second))).toBe(crc32(first + second));
  });

  test.prop([fc.integer({ min: 0, max: 2 ** 32 - 1 })])("takes a word as four bytes, the lowest first", (word) => {
    const bytes = [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff);
    expect(crc32Word(crc32Start, word)).toBe(crc32Bytes(crc32Start, bytes));
  });
});

describe("utf8Bytes", () => {
  test.prop([text])("is what TextEncoder gives", (value) => {
    expect(utf8Bytes(value)).toEqual([...new TextEncoder().encode(value)]);
  });
});
