import { fc, test } from "@fast-check/vitest";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import type { ResourceRecord } from "../message/resource-record.ts";
import { parseZone } from "./parse-zone.ts";

const read = (text: string): ResourceRecord[] => parseZone(text, { origin: "example.org.", source: "db" });

describe("zone text", () => {
  it("has names below the origin, owners of the line before, TTLs with units and lines in parentheses", () => {
    const text = `$TTL 1h30m
@ IN SOA ns Host.master ( ; a comment
  7 2h
  15m 1w 300 )
  NS ns
$ORIGIN sub
www 60 A 192.0.2.1
    IN 1D AAAA 2001:DB8::1
abs.test. TXT "a;b" c\\"d
`;
    expect(read(text)).toMatchObject([
      {
        name: "example.org.",
        ttl: 5400,
        mname: "ns.example.org.",
        rname: "Host.master.example.org.",
        serial: 7,
        expire: 604800,
      },
      { name: "example.org.", type: "NS", ttl: 5400 },
      { name: "www.sub.example.org.", ttl: 60, address: "192.0.2.1" },
      { name: "www.sub.example.org.", ttl: 86400, address: "2001:db8::1" },
      { name: "abs.test.", ttl: 5400, strings: ["a;b", 'c\\"d'] },
    ]);
  });

  it("has data of any type as bytes, and long texts in pieces", () => {
    expect(read("a 1 A \\# 4 c0 000201")).toMatchObject([{ type: "A", address: "192.0.2.1" }]);
    expect(read("a 1 TYPE4711 \\# 2 0102")).toMatchObject([{ type: "TYPE4711", data: Uint8Array.of(1, 2) }]);
    const [long] = read(`a 1 TXT "${"x".repeat(300)}"`);
    expect(long).toMatchObject({ strings: ["x".repeat(255), "x".repeat(45)] });
  });

  it("says where it is wrong", () => {
    expect(() => read("www A 192.0.2.1")).toThrow('db: dns: missing TTL with no previous value: "A" at line: 1:6');
    expect(() => read("www 60 A 192.0.2.256\n")).toThrow('db: dns: bad A A: "192.0.2.256" at line: 1:20');
    expect(() => read("$INCLUDE other")).toThrow(UnsupportedError);
    expect(() => read("a 1 DNAME b")).toThrow(UnsupportedError);
  });

  const words = [
    "@",
    "a",
    "60",
    "IN",
    "A",
    "192.0.2.1",
    "SOA",
    "TXT",
    '"',
    "(",
    ")",
    ";",
    "\\",
    "$TTL",
    "$ORIGIN",
    "\n",
    " ",
    "\\#",
    "4",
    "SRV",
  ];
  test.prop([fc.array(fc.constantFrom(...words), { maxLength: 30 })])(
    "never gives another error, whatever the text",
    (parts) => {
      try {
        read(parts.join(" "));
      } catch (error) {
        expect(error instanceof ParseError || error instanceof UnsupportedError, String((error as Error).stack)).toBe(
          true,
        );
      }
    },
  );
});
