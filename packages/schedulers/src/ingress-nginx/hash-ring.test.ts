import { describe, expect, it } from "vitest";
import { buildRing, ownerOf } from "./hash-ring.ts";

const names = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];
const ring = buildRing(names, [0, 1, 2]);

describe("a key on the ring", () => {
  it("is the same as text and as the bytes of that text", () => {
    for (const key of ["", "/cart", "/é", "/caf\u00e9/日本"]) {
      expect(ownerOf(ring, new TextEncoder().encode(key))).toBe(ownerOf(ring, key));
    }
  });

  it("may be bytes that are no text", () => {
    const owners = Array.from({ length: 64 }, (_, i) => ownerOf(ring, Uint8Array.of(0xff, 0xfe, i)));
    expect(new Set(owners)).toEqual(new Set([0, 1, 2]));
  });
});
