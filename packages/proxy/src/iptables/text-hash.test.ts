import { fc, test } from "@fast-check/vitest";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect } from "vitest";
import { base32 } from "./base32.ts";
import { textHash } from "./text-hash.ts";

const library = (text: string): string => base32(sha256(utf8ToBytes(text)), 52);

describe("textHash", () => {
  // One block ends at 55 characters, two at 119.
  test.each([0, 1, 54, 55, 56, 63, 64, 118, 119, 120, 1000])("is the library's for %i characters", (length) => {
    const text = "kube-proxy".repeat(100).slice(0, length);
    expect(textHash(text, 52)).toBe(library(text));
  });

  test.prop([fc.oneof(fc.string({ maxLength: 200 }), fc.string({ maxLength: 50, unit: "binary" }))])(
    "is the library's for any text",
    (text) => {
      expect(textHash(text, 52)).toBe(library(text));
    },
  );
});
