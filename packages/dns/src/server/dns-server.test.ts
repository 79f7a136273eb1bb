import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../corefile/parse-corefile.ts";
import { type DnsMessage, queryFor, replyTo } from "../message/dns-message.ts";
import type { RecordType } from "../message/record-type.ts";
import type { Exchange, ServerSurroundings } from "../plugins/plugin.ts";
import { decodeMessage } from "../wire/decode-message.ts";
import { encodeMessage } from "../wire/encode-message.ts";
import { DnsServer } from "./dns-server.ts";

type Table = Readonly<Record<string, (query: DnsMessage) => Exchange>>;

const surroundings = (servers: Table = {}, log: string[] = []): ServerSurroundings => ({
  state: undefined,
  nowMs: 0,
  random: seededRandom("dns"),
  addresses: ["10.244.0.5"],
  readFile: (path) => (path === "/etc/resolv.conf" ? "search a\nnameserver 192.0.2.53\n" : undefined),
  exchange: (address, port, _transport, query) =>
    servers[`${address}:${port}`]?.(query) ?? { kind: "timeout", tookMs: 2000 },
  log: (line) => log.push(line),
});
const start = (text: string, servers: Table = {}, log: string[] = []): DnsServer =>
  DnsServer.start(parseCorefile(text), surroundings(servers, log));
const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs: 0 } as const;
const ask = (server: DnsServer, name: string, type: RecordType = "A", nowMs = 0): DnsMessage | undefined =>
  server.answer(queryFor(7, name, type), { ...arrival, nowMs });
const answering =
  (address: string, ttl = 300): ((query: DnsMessage) => Exchange) =>
  (query) => ({
    kind: "answered",
    tookMs: 3,
    message: {
      ...replyTo(query),
      answers: [{ name: query.questions[0]!.name, type: "A", class: "IN", ttl, address }],
    },
  });

describe("which server block answers", () => {
  const text = "example.org {\n whoami\n}\nsub.example.org:53 {\n any\n}\nexample.net {\n}\n.:54 {\n whoami\n}";

  it("is that with the longest zone, and REFUSED where there is none", () => {
    const server = start(text);
    expect(server.ports).toEqual([53, 54]);
    expect(ask(server, "a.example.org.")!.additionals).toHaveLength(2);
    expect(ask(server, "sub.EXAMPLE.org.")!.rcode).toBe("SERVFAIL");
    expect(ask(server, "example.net.")!.rcode).toBe("REFUSED");
    expect(ask(server, "example.com.")!.rcode).toBe("REFUSED");
    expect(server.answer(queryFor(1, "example.com.", "A"), { ...arrival, port: 54 })!.rcode).toBe("NOERROR");
    expect(server.answer(queryFor(1, "example.com.", "A"), { ...arrival, port: 55 })).toBeUndefined();
  });

  it("for DS is that of the parent", () => {
    expect(ask(start(text), "sub.example.org.", "DS")!.rcode).toBe("NOERROR");
    expect(ask(start(text), "sub.example.org.", "A")!.rcode).toBe("SERVFAIL");
  });

  it("for DS is none where a block without plugins is nearer", () => {
    const server = start("example.net {\n}\nnet {\n whoami\n}");
    expect(ask(server, "a.example.net.", "DS")!.rcode).toBe("REFUSED");
    expect(ask(server, "a.net.", "DS")!.rcode).toBe("NOERROR");
  });

  it("where it asks itself is one of the port that the query came in by", () => {
    const alias = 'template IN A {\n answer "{{ .Name }} 60 IN CNAME x.b.test."\n }';
    const server = start(`a.test:5303 a.test:5304 {\n ${alias}\n}\nb.test:5304 {\n hosts {\n 10.9.9.9 x.b.test\n }\n}`);
    const typesAt = (port: number): string[] =>
      server.answer(queryFor(1, "c.a.test.", "A"), { ...arrival, port })!.answers.map(({ type }) => type);
    expect(typesAt(5303)).toEqual(["CNAME"]);
    expect(typesAt(5304)).toEqual(["CNAME", "A"]);
  });
});

describe("what the server says itself", () => {
  const server = start(". {\n whoami\n}");
  const query = queryFor(7, "a.", "A");
  const edns = { udpSize: 1232, version: 0, do: true, options: [{ code: 10, data: Uint8Array.of(1) }] };

  it("is a refusal of other classes, opcodes, versions and counts", () => {
    const said = (message: DnsMessage): unknown => server.answer(message, arrival)?.rcode;
    expect(said({ ...query, questions: [{ name: "a.", type: "A", class: "CH" }] })).toBe("REFUSED");
    expect(said({ ...query, opcode: "STATUS" })).toBe("NOTIMP");
    expect(said({ ...query, questions: [] })).toBe("FORMERR");
    expect(said({ ...query, flags: { ...query.flags, qr: true } })).toBeUndefined();
    expect(server.answer({ ...query, edns: { ...edns, version: 1 } }, arrival)).toMatchObject({
      rcode: "BADVERS",
      edns: { udpSize: 0, version: 0, do: false },
    });
  });

  it("is SERVFAIL to a header alone", () => {
    const bytes = encodeMessage(query, { compress: false }).subarray(0, 12);
    const [reply] = server.respondToBytes(bytes, arrival);
    expect(decodeMessage(reply!)).toMatchObject({ id: 7, rcode: "SERVFAIL", questions: [] });
  });

  it("has the client's size and DO bit, and none of its options", () => {
    expect(server.answer({ ...query, edns }, arrival)!.edns).toEqual({ ...edns, options: [] });
    expect(server.answer(query, arrival)!.edns).toBeUndefined();
  });
});

describe("which blocks cannot stand beside each other", () => {
  it.each([
    ["a:70000 {\n}", "address 70000: invalid port"],
    ["a {\n}\na {\n}", "cannot serve dns://a.:53 - it is already defined"],
    [
      "a {\n bind 10.0.0.1\n}\na {\n}",
      "cannot serve dns://a.:53 - zone overlap listener capacity with dns://a.:53 on 10.0.0.1",
    ],
    [
      "a {\n}\na {\n bind 10.0.0.1\n}",
      "cannot serve dns://a.:53 on 10.0.0.1 - zone overlap listener capacity with dns://a.:53",
    ],
  ])("%j", (text, message) => {
    expect(() => start(text)).toThrow(message);
  });
});

describe("forward and cache", () => {
  const text = ". {\n errors\n forward . /etc/resolv.conf\n cache 30\n}";

  it("keep an answer for as long as the cache allows, counting down", () => {
    const server = start(text, { "192.0.2.53:53": answering("192.0.2.1") });
    expect(server.respond(queryFor(7, "a.", "A"), arrival)!.tookMs).toBe(3);
    expect(ask(server, "A.", "A", 10_900)!.answers).toEqual([
      { name: "a.", type: "A", class: "IN", ttl: 20, address: "192.0.2.1" },
    ]);
    expect(server.respond(queryFor(7, "a.", "A"), { ...arrival, nowMs: 30_002 })!.tookMs).toBeUndefined();
    expect(server.respond(queryFor(7, "a.", "A"), { ...arrival, nowMs: 30_003 })!.tookMs).toBe(3);
  });

  it("say SERVFAIL where nobody answers, remember it, and log why", () => {
    const log: string[] = [];
    const server = start(text, {}, log);
    const response = server.respond(queryFor(7, "a.", "A"), arrival)!;
    expect(response.message.rcode).toBe("SERVFAIL");
    expect(response.tookMs).toBe(4000);
    expect(server.respond(queryFor(7, "a.", "A"), { ...arrival, nowMs: 1000 })!.tookMs).toBe(4000);
    expect(server.respond(queryFor(7, "a.", "A"), { ...arrival, nowMs: 9000 })!.tookMs).toBeUndefined();
    expect(log.slice(0, 1)).toEqual([
      expect.stringMatching(
        /^\[ERROR\] plugin\/errors: 2 a\. A: read udp 10\.244\.0\.5:\d+->192\.0\.2\.53:53: i\/o timeout$/,
      ),
    ]);
  });
});

describe("a server that forwards to itself", () => {
  it("dies with loop, and only then", () => {
    let server: DnsServer;
    const itself = (query: DnsMessage): Exchange => {
      const message = server.answer(query, { ...arrival, client: "127.0.0.1" });
      return message === undefined ? { kind: "timeout", tookMs: 2000 } : { kind: "answered", message, tookMs: 0 };
    };
    const text = ". {\n loop\n forward . 127.0.0.1\n}";
    server = start(text, { "127.0.0.1:53": itself });
    expect(server.probeLoops(0)).toMatch(
      /^Loop \(127\.0\.0\.1:40000 -> :53\) detected for zone "\.", see https:\/\/coredns\.io\/plugins\/loop#troubleshooting\. Query: "HINFO \d+\.\d+\."$/,
    );
    server = start(text, { "127.0.0.1:53": answering("192.0.2.1") });
    expect(server.probeLoops(0)).toBeUndefined();
  });
});

describe("what the process does besides", () => {
  it("is told by its plugins", () => {
    const { facts } = start(". {\n health {\n  lameduck 5s\n }\n ready\n prometheus :9153\n reload 10s 0s\n}");
    expect(facts).toEqual({
      reloadIntervalMs: 10_000,
      lameduckMs: 5000,
      http: [
        { plugin: "health", host: "", port: 8080 },
        { plugin: "ready", host: "", port: 8181 },
        { plugin: "prometheus", host: "", port: 9153 },
      ],
    });
    expect(start(". {\n whoami\n}").facts.reloadIntervalMs).toBeUndefined();
  });
});
