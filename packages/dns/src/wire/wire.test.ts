import { test } from "@fast-check/vitest";
import { formatAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import dnsPacket from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DnsMessage, queryFor, replyTo } from "../message/dns-message.ts";
import { opcodeNamed } from "../message/opcode.ts";
import { rcodeNamed } from "../message/rcode.ts";
import { recordClassNamed } from "../message/record-class.ts";
import { recordTypeNamed } from "../message/record-type.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { acceptQuery } from "./accept-query.ts";
import { decodeMessage } from "./decode-message.ts";
import { encodeMessage } from "./encode-message.ts";
import { escapeLabel, escapeString } from "./escaped-text.ts";
import { fitReply } from "./fit-reply.ts";
import { uncompressedSize } from "./message-size.ts";

const label = fc
  .oneof(
    { weight: 4, arbitrary: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/).map((text) => new TextEncoder().encode(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }) },
  )
  .map((bytes) => escapeLabel(bytes, 0, bytes.length));
const zone = fc.constantFrom("", "cluster.local.", "default.svc.cluster.local.");
const name: fc.Arbitrary<DnsName> = fc
  .tuple(fc.array(label, { maxLength: 4 }), zone)
  .map(([labels, end]) => [...labels.map((text) => `${text}.`), end].join("") || ".");
const string = fc.uint8Array({ maxLength: 40 }).map((bytes) => escapeString(bytes, 0, bytes.length));
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const word = u32.map((value) => value | 0);
const recordClass = fc.oneof(fc.constant("IN" as const), u16.map(recordClassNamed));
const head = fc.record({ name, class: recordClass, ttl: u32 });
const known = new Set(["A", "AAAA", "CNAME", "NS", "PTR", "SRV", "SOA", "MX", "TXT", "HINFO", "OPT"]);
const opaqueType = u16.map(recordTypeNamed).filter((type) => !known.has(type));
const data = fc.oneof(
  fc.record({ type: fc.constant("A"), address: word.map((one) => formatAddress([one])) }),
  fc.record({ type: fc.constant("AAAA"), address: fc.tuple(word, word, word, word).map(formatAddress) }),
  fc.record({ type: fc.constantFrom("CNAME", "NS", "PTR"), target: name }),
  fc.record({ type: fc.constant("SRV"), priority: u16, weight: u16, port: u16, target: name }),
  fc.record({
    type: fc.constant("SOA"),
    mname: name,
    rname: name,
    serial: u32,
    refresh: u32,
    retry: u32,
    expire: u32,
    minimum: u32,
  }),
  fc.record({ type: fc.constant("MX"), preference: u16, exchange: name }),
  fc.record({ type: fc.constant("TXT"), strings: fc.array(string, { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: fc.constant("HINFO"), cpu: string, os: string }),
  fc.record({ type: opaqueType, data: fc.uint8Array({ maxLength: 30 }) }),
);
const record = fc.tuple(head, data).map(([one, other]) => ({ ...one, ...other }) as ResourceRecord);
const edns = fc.record({
  udpSize: u16,
  version: fc.nat(255),
  do: fc.boolean(),
  options: fc.array(fc.record({ code: u16, data: fc.uint8Array({ maxLength: 12 }) }), { maxLength: 2 }),
});
const bit = fc.boolean();
const message: fc.Arbitrary<DnsMessage> = fc
  .record({
    id: u16,
    opcode: fc.nat(15).map(opcodeNamed),
    flags: fc.record({ qr: bit, aa: bit, tc: bit, rd: bit, ra: bit, z: bit, ad: bit, cd: bit }),
    rcode: fc.nat(15).map(rcodeNamed),
    questions: fc.array(fc.record({ name, type: u16.map(recordTypeNamed), class: recordClass }), { maxLength: 2 }),
    answers: fc.array(record, { maxLength: 5 }),
    authorities: fc.array(record, { maxLength: 3 }),
    additionals: fc.array(record, { maxLength: 3 }),
    edns: fc.option(edns, { nil: undefined }),
  })
  .map(({ edns: opt, ...rest }) => (opt === undefined ? rest : { ...rest, edns: opt }));

describe("the wire format", () => {
  test.prop([message, fc.boolean()], { numRuns: 500 })("gives back what was written", (one, compress) => {
    expect(decodeMessage(encodeMessage(one, { compress }))).toEqual(one);
  });

  test.prop([message], { numRuns: 300 })("is as long as was reckoned, and never longer when compressed", (one) => {
    const size = encodeMessage(one, { compress: false }).length;
    expect(uncompressedSize(one)).toBe(size);
    expect(encodeMessage(one, { compress: true }).length).toBeLessThanOrEqual(size);
  });

  test.prop([fc.array(label, { minLength: 1, maxLength: 3 }), fc.array(word, { minLength: 1, maxLength: 20 })])(
    "is read by another codec as it was meant",
    (labels, words) => {
      const plain = `${labels.map((_, index) => `label${index}`).join(".")}.`;
      const query = queryFor(7, plain, "A");
      const answers = words.map(
        (one): ResourceRecord => ({
          name: plain,
          type: "A",
          class: "IN",
          ttl: 30,
          address: formatAddress([one]),
        }),
      );
      const read = dnsPacket.decode(Buffer.from(encodeMessage({ ...replyTo(query), answers }, { compress: true })));
      expect(read.answers?.map((answer) => ("data" in answer ? answer.data : undefined))).toEqual(
        answers.map((answer) => (answer.type === "A" ? answer.address : "")),
      );
      expect(read.questions).toEqual([{ name: plain.slice(0, -1), type: "A", class: "IN" }]);
    },
  );

  it("answers a million random inputs with a message or a refusal", () => {
    const draws = seededRandom("wire");
    const header = [0, 7, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1];
    let read = 0;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    for (let round = 0; round < 1_000_000; round++) {
      const size = draws.below(40);
      const bytes = new Uint8Array(12 + size);
      for (let index = 0; index < 12; index++) bytes[index] = round % 2 === 0 ? header[index]! : draws.below(256);
      for (let index = 0; index < size; index++)
        bytes[12 + index] = draws.below(3) === 0 ? draws.below(256) : draws.below(14);
      try {
        decodeMessage(bytes);
        read++;
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
      }
    }
    Error.stackTraceLimit = stackTraceLimit;
    expect(read).toBeGreaterThan(1000);
  });

  it("refuses pointers that go in a circle, long names and lengths that lie", () => {
    const header = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const read = (...bytes: number[]): DnsMessage => decodeMessage(new Uint8Array([...header, ...bytes]));
    expect(() => read(0xc0, 12, 0, 1, 0, 1)).toThrow("too many compression pointers");
    expect(() => read(0x80, 12, 0, 1, 0, 1)).toThrow("begins with the bits 10");
    expect(() =>
      read(
        ...Array<number[]>(5)
          .fill([63, ...Array<number>(63).fill(97)])
          .flat(),
        0,
        0,
        1,
        0,
        1,
      ),
    ).toThrow("more than 255 bytes");
    expect(() => read(9, 97, 0)).toThrow("ends at byte 15");
  });

  it("refuses to write what has no place in it", () => {
    const write = (text: string) => () => encodeMessage(queryFor(1, text, "A"), { compress: false });
    expect(write(`${"a".repeat(64)}.`)).toThrow("a label of 64 bytes");
    expect(write("a..b.")).toThrow("empty label");
    expect(write("a.b")).toThrow("does not end in a dot");
    expect(write(`${"a.".repeat(128)}`)).toThrow("a name of 257 bytes");
  });
});

/** 60 addresses of one name, as recorded of CoreDNS 1.15.0. */
const name60 = "big.ns1.svc.cluster.local.";
const reply60: DnsMessage = {
  ...replyTo(queryFor(1, name60, "A")),
  answers: Array.from({ length: 60 }, (_, index) => ({
    name: name60,
    type: "A",
    class: "IN",
    ttl: 30,
    address: `10.244.0.${index}`,
  })),
};
const client = "10.244.1.9";

describe("a reply that must fit", () => {
  const asked = (udpSize?: number): DnsMessage => {
    const query = queryFor(1, name60, "A");
    return udpSize === undefined ? query : { ...query, edns: { udpSize, version: 0, do: false, options: [] } };
  };

  it("is cut to whole records, and says so", () => {
    const { message: plain, compress } = fitReply(asked(), reply60, { transport: "udp", client });
    expect([plain.answers.length, plain.flags.tc, compress]).toEqual([29, true, true]);
    const { message: small } = fitReply(asked(512), reply60, { transport: "udp", client });
    expect([small.answers.length, small.flags.tc]).toEqual([28, true]);
  });

  it("is compressed where that is enough", () => {
    const fitted = fitReply(asked(1232), reply60, { transport: "udp", client });
    expect(fitted.message.flags.tc).toBe(false);
    expect(encodeMessage(fitted.message, fitted).length).toBe(1014);
  });

  it("is compressed although it fits where it might be sent in fragments", () => {
    const fitted = fitReply(asked(4096), reply60, { transport: "udp", client });
    expect(encodeMessage(fitted.message, fitted).length).toBe(1014);
    expect(fitReply(asked(4096), reply60, { transport: "tcp", client }).compress).toBe(false);
  });

  it("is in fragments earlier where IPv6 carries it", () => {
    // 1366 bytes: between the two limits.
    const reply32 = { ...reply60, answers: reply60.answers.slice(0, 32) };
    const isCompressed = (from: string): boolean =>
      fitReply(asked(4096), reply32, { transport: "udp", client: from }).compress;
    expect([isCompressed(client), isCompressed("fd00::9")]).toEqual([false, true]);
  });

  it("keeps a last record that fills it to the byte", () => {
    const cut = (limit: number): unknown => {
      const { message: fitted } = fitReply(asked(limit), reply60, { transport: "udp", client });
      return [fitted.answers.length, fitted.flags.tc];
    };
    expect([cut(1014), cut(1013), cut(1014 - 16)]).toEqual([
      [60, false],
      [59, true],
      [59, true],
    ]);
  });

  it("keeps the DO bit that an upstream server has set", () => {
    const edns = { udpSize: 1232, version: 0, do: true, options: [] };
    const { message: fitted } = fitReply(asked(700), { ...reply60, edns }, { transport: "udp", client });
    expect(fitted.edns).toEqual({ ...edns, udpSize: 700 });
  });

  it("points to no name that lies further than 14 bits count", () => {
    const [one] = reply60.answers;
    const late = { ...one!, name: "late.example." };
    const long = { ...reply60, answers: [...Array.from({ length: 1100 }, () => one!), late, late] };
    const bytes = encodeMessage(long, { compress: true });
    expect(bytes.length).toBeGreaterThan(0x4000);
    expect(decodeMessage(bytes).answers.slice(-2)).toEqual([late, late]);
  });

  it("has the client's OPT record if the client sent one", () => {
    expect(fitReply(asked(), reply60, { transport: "tcp", client }).message.edns).toBeUndefined();
    const edns = { udpSize: 700, version: 0, do: true, options: [{ code: 10, data: new Uint8Array(8) }] };
    const { message: fitted } = fitReply({ ...asked(), edns }, reply60, { transport: "tcp", client });
    expect(fitted.edns).toEqual({ ...edns, options: [] });
  });
});

describe("what a server takes", () => {
  const bytes = encodeMessage(queryFor(77, "web.", "A"), { compress: false });
  const changed = (...changes: readonly (readonly [at: number, byte: number])[]): Uint8Array => {
    const copy = bytes.slice();
    for (const [at, byte] of changes) copy[at] = byte;
    return copy;
  };

  it("is a query", () => {
    expect(acceptQuery(bytes)).toEqual({ kind: "query", message: queryFor(77, "web.", "A") });
  });

  it("is one too that ends before the records that it counts, or within its question", () => {
    expect(acceptQuery(changed([11, 1]))).toEqual(acceptQuery(bytes));
    expect(acceptQuery(bytes.slice(0, -4))).toMatchObject({
      message: { questions: [{ type: "TYPE0", class: "CLASS0" }] },
    });
    expect(acceptQuery(bytes.slice(0, 12))).toMatchObject({ kind: "query", message: { questions: [] } });
  });

  it("may have records without data, which tell nothing", () => {
    const record = [0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0];
    expect(acceptQuery(Uint8Array.of(...changed([11, 1]), ...record))).toEqual(acceptQuery(bytes));
  });

  it("is no response and nothing short of a header", () => {
    expect(acceptQuery(changed([2, 0x81]))).toEqual({ kind: "ignored" });
    expect(acceptQuery(bytes.slice(0, 11))).toEqual({ kind: "ignored" });
  });

  it.each([
    ["an update", changed([2, 0x29]), "NOTIMP", "UPDATE", 0],
    ["two questions", changed([5, 2]), "FORMERR", "QUERY", 0],
    ["two answers", changed([7, 2]), "FORMERR", "QUERY", 0],
    ["a question without its end", bytes.slice(0, 15), "FORMERR", "QUERY", 0],
    ["an additional record that is cut off", Uint8Array.of(...changed([11, 1]), 0, 0), "FORMERR", "QUERY", 1],
  ])("is not %s", (_, query, rcode, opcode, questions) => {
    const accepted = acceptQuery(query);
    expect(accepted).toMatchObject({
      kind: "reply",
      message: { id: 77, rcode, opcode, flags: { qr: true, rd: true } },
    });
    expect(accepted.kind === "reply" && accepted.message.questions.length).toBe(questions);
  });
});
