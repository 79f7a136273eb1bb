import { readFileSync } from "node:fs";
import { fc, test as propertyTest } from "@fast-check/vitest";
import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { describe, expect, it } from "vitest";
import { decodeEnvelope } from "./decode-envelope.ts";

interface RecordedBody {
  readonly command: string;
  /** What kubectl 1.37.2 sends, in base64. */
  readonly body: string;
  /** What it prints of it with `--dry-run=client -o json`. */
  readonly object: PlainObject;
}

const file = new URL("../../test-bodies.json", import.meta.url);
const recorded = JSON.parse(readFileSync(file, "utf8")) as readonly RecordedBody[];

/** Protobuf says zeros that Go's JSON leaves out. */
function withoutZeros(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as PlainObject).map(([key, inner]) => [key, withoutZeros(inner)] as const);
  return Object.fromEntries(
    entries.filter(([, inner]) => inner !== "" && inner !== 0 && inner !== false && inner !== null),
  );
}

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

describe("a body of protobuf", () => {
  it.each(recorded)("is the object of $command", ({ body, object }) => {
    expect(withoutZeros(decodeEnvelope(bytesOf(body)))).toEqual(withoutZeros(object));
  });

  it("is refused without its prefix, and for kinds that are not modelled", () => {
    expect(() => decodeEnvelope(new TextEncoder().encode("{}"))).toThrow(/expected prefix \[107 56 115 0\]/);
    const service = bytesOf(recorded[0]!.body);
    const other = Buffer.from(service).toString("latin1").replace("Service", "Zervice");
    expect(() => decodeEnvelope(new Uint8Array(Buffer.from(other, "latin1")))).toThrow(/no kind "Zervice"/);
  });

  propertyTest.prop([fc.constantFrom(...recorded), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 })], {
    numRuns: 2000,
  })("with bytes that went wrong is refused or read, and takes no other way", ({ body }, changes) => {
    const bytes = bytesOf(body);
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    try {
      expect(decodeEnvelope(bytes)).toHaveProperty("kind");
    } catch (reason) {
      expect(reason).toBeInstanceOf(Error);
      expect(reason).not.toBeInstanceOf(TypeError);
    }
  });
});
