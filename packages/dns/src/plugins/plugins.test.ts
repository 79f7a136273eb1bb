import { fc, test } from "@fast-check/vitest";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../corefile/parse-corefile.ts";
import { type DnsMessage, type Edns, queryFor, replyTo } from "../message/dns-message.ts";
import type { RecordType } from "../message/record-type.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import { DnsServer } from "../server/dns-server.ts";
import { encodeMessage } from "../wire/encode-message.ts";
import { AnswerStore } from "./cache/answer-store.ts";
import type { CachedAnswer } from "./cache/cached-answer.ts";
import type { Exchange, ServerSurroundings } from "./plugin.ts";

type Upstream = (query: DnsMessage, port: number) => Exchange;

const silent: Upstream = () => ({ kind: "timeout", tookMs: 2000 });
const surroundings = (exchange: Upstream, log: string[] = []): ServerSurroundings => ({
  state: undefined,
  nowMs: 0,
  random: seededRandom("plugins"),
  addresses: ["10.244.0.5"],
  readFile: () => undefined,
  exchange: (_address, port, _transport, query) => exchange(query, port),
  log: (line) => log.push(line),
});
const start = (body: string, exchange: Upstream = silent, log: string[] = []): DnsServer =>
  DnsServer.start(parseCorefile(`. {\n${body}\n}`), surroundings(exchange, log));
const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs: 0 } as const;
const address = (name: string, last: number, ttl = 60): ResourceRecord => ({
  name,
  type: "A",
  class: "IN",
  ttl,
  address: `192.0.2.${last}`,
});
const answered = (query: DnsMessage, ...answers: ResourceRecord[]): Exchange => ({
  kind: "answered",
  tookMs: 1,
  message: { ...replyTo(query), answers },
});

describe("forward", () => {
  const ask = (
    server: DnsServer,
    nowMs: number,
    name = "a.",
  ): { rcode?: string; port?: string; tookMs?: number | undefined } => {
    const response = server.respond(queryFor(1, name, "A"), { ...arrival, nowMs });
    const [record] = response?.message.answers ?? [];
    return {
      rcode: response?.message.rcode ?? "",
      port: record?.type === "A" ? record.address.slice("192.0.2.".length) : "",
      tookMs: response?.tookMs,
    };
  };
  const byPort: Upstream = (query, port) => answered(query, address(query.questions[0]!.name, port));

  it("takes turns, the second upstream first", () => {
    const server = start(" forward . 127.0.0.1:1 127.0.0.1:2 127.0.0.1:3 {\n policy round_robin\n }", byPort);
    expect([0, 1, 2, 3].map((at) => ask(server, at).port)).toEqual(["2", "3", "1", "2"]);
  });

  it("asks the next one when one does not answer, and no more when it has not answered three probes", () => {
    let up = false;
    const server = start(" forward . 127.0.0.1:1 127.0.0.1:2 {\n policy sequential\n }", (query, port) =>
      port === 1 && !up ? { kind: "timeout", tookMs: 2000 } : byPort(query, port),
    );
    expect(ask(server, 0)).toEqual({ rcode: "NOERROR", port: "2", tookMs: 2001 });
    expect(ask(server, 2500)).toMatchObject({ port: "2", tookMs: 2001 });
    expect(ask(server, 9000)).toMatchObject({ port: "2", tookMs: 1 });
    up = true;
    expect(ask(server, 12_000)).toMatchObject({ port: "1", tookMs: 1 });
  });

  it("gives a failure of one a chance with another, and leaves some to the next line", () => {
    const failing: Upstream = (query, port) =>
      port === 1 ? { kind: "answered", tookMs: 1, message: replyTo(query, "REFUSED") } : byPort(query, port);
    const failover = " forward . 127.0.0.1:1 127.0.0.1:2 {\n policy sequential\n failover REFUSED\n }";
    expect(ask(start(failover, failing), 0)).toMatchObject({ port: "2", tookMs: 2 });
    expect(ask(start(" forward . 127.0.0.1:1 {\n next REFUSED\n }\n forward . 127.0.0.1:2", failing), 0)).toMatchObject(
      {
        port: "2",
      },
    );
    expect(ask(start(" forward . 127.0.0.1:1 {\n next REFUSED\n }", failing), 0)).toMatchObject({ rcode: "REFUSED" });
  });

  it("refuses what is too much at once", () => {
    const log: string[] = [];
    const server = start(" errors\n forward . 127.0.0.1 {\n max_concurrent 1\n }", silent, log);
    expect(ask(server, 0)).toMatchObject({ rcode: "SERVFAIL", tookMs: 4000 });
    expect(ask(server, 3999, "b.").rcode).toBe("REFUSED");
    expect(ask(server, 4000, "b.").rcode).toBe("SERVFAIL");
    expect(log[1]).toBe("[ERROR] plugin/errors: 5 b. A: concurrent queries exceeded maximum 1");
  });
});

describe("loadbalance", () => {
  const records = fc.array(
    fc
      .tuple(fc.constantFrom<RecordType>("A", "AAAA", "CNAME", "TXT", "MX"), fc.integer({ min: 1, max: 250 }))
      .map(([type, n]): ResourceRecord => {
        const head = { name: "a.", class: "IN", ttl: 5 } as const;
        if (type === "A") return { ...head, type, address: `192.0.2.${n}` };
        if (type === "AAAA") return { ...head, type, address: `2001:db8::${n}` };
        if (type === "CNAME") return { ...head, type, target: `x${n}.` };
        if (type === "MX") return { ...head, type, preference: n, exchange: "m." };
        return { ...head, type: "TXT", strings: [String(n)] };
      }),
    { maxLength: 12 },
  );

  test.prop([records])("puts aliases first and loses nothing", (answers) => {
    const server = start(" loadbalance\n forward . 127.0.0.1", (query) => answered(query, ...answers));
    const got = server.answer(queryFor(1, "a.", "A"), arrival)!.answers;
    const texts = (list: readonly ResourceRecord[]): string[] => list.map((record) => JSON.stringify(record)).sort();
    expect(texts(got)).toEqual(texts(answers));
    if (answers.length < 2) return;
    const places = { CNAME: 0, TXT: 1, A: 2, AAAA: 2, MX: 3 } as Record<string, number>;
    const order = got.map(({ type }) => places[type]!);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    const kept = (list: readonly ResourceRecord[]): readonly ResourceRecord[] =>
      list.filter(({ type }) => type === "CNAME" || type === "TXT");
    expect(kept(got).filter(({ type }) => type === "TXT")).toEqual(kept(answers).filter(({ type }) => type === "TXT"));
  });
});

describe("cache", () => {
  test.prop([fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 3000 })])(
    "keeps no more in a shard than it may, and what it kept last",
    (numbers) => {
      const store = new AnswerStore(1024, seededRandom("store"));
      for (const number of numbers) {
        const key = { name: `n${number}.`, type: "A", class: "IN", do: false, cd: false } as const;
        const answer = { ttl: number } as CachedAnswer;
        store.set(key, answer);
        expect(store.get(key)).toBe(answer);
      }
      expect(store.size).toBeLessThanOrEqual(Math.min(new Set(numbers).size, 1024));
    },
  );

  test.prop([fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.constantFrom("a.", "b.")), { maxLength: 30 })])(
    "never tells more than is left",
    (steps) => {
      const asked = new Map<string, number>();
      let nowMs = 0;
      const server = start(" cache 8\n forward . 127.0.0.1", (query) => {
        const { name } = query.questions[0]!;
        asked.set(name, nowMs);
        return { ...answered(query, address(name, 1, 60)), tookMs: 0 };
      });
      for (const [waitMs, name] of steps) {
        nowMs += waitMs;
        const [record] = server.answer(queryFor(1, name, "A"), { ...arrival, nowMs })!.answers;
        const ageMs = nowMs - asked.get(name)!;
        expect(ageMs).toBeLessThan(8000);
        expect(record!.ttl).toBe(8 - Math.floor(ageMs / 1000));
      }
    },
  );
});

describe("cache that gives answers which have run out", () => {
  /** The upstream counts in its addresses, and from some time on says nothing, or something else. */
  const lead = (
    options: string,
    upstream: (count: number, nowMs: number, transport: string) => Exchange | undefined,
  ) => {
    let count = 0;
    let nowMs = 0;
    const server = DnsServer.start(
      parseCorefile(`. {\n cache 10 {\n success 100 10 1\n ${options}\n }\n forward . 127.0.0.1\n}`),
      {
        ...surroundings(silent),
        exchange: (_address, _port, transport, query) => {
          const said = upstream(count + 1, nowMs, transport) ?? answered(query, address("a.", count + 1, 2));
          if (said.kind === "answered" && query.questions[0]!.type === "A") count++;
          return said;
        },
      },
    );
    return (atMs: number): string => {
      nowMs = atMs;
      const { message, tookMs = 0 } = server.respond(queryFor(1, "a.", "A"), { ...arrival, nowMs })!;
      const told = message.answers.map((record) =>
        record.type === "A" ? `${record.address.slice(8)} for ${record.ttl}` : "",
      );
      return `${message.rcode} ${told} after ${tookMs}`.replace(/ {2}/g, " ");
    };
  };

  it("asks on beside, as over TCP, and has the new one for the next", () => {
    const transports: string[] = [];
    const at = lead("serve_stale 10s", (_count, _nowMs, transport) => {
      transports.push(transport);
      return undefined;
    });
    expect([0, 1500, 4000, 4100].map(at)).toEqual([
      "NOERROR 1 for 2 after 1",
      "NOERROR 1 for 1 after 0",
      "NOERROR 1 for 0 after 0",
      "NOERROR 2 for 2 after 0",
    ]);
    expect(transports).toEqual(["udp", "tcp"]);
  });

  it("asks first where it verifies, and waits no longer than it may", () => {
    const dead = (_count: number, nowMs: number): Exchange | undefined =>
      nowMs >= 2000 && nowMs < 9000 ? { kind: "timeout", tookMs: 2000 } : undefined;
    expect([0, 4000, 9500].map(lead("serve_stale 20s verify", dead))).toEqual([
      "NOERROR 1 for 2 after 1",
      "NOERROR 1 for 0 after 4000",
      "NOERROR 2 for 2 after 1",
    ]);
    expect(lead("serve_stale 20s verify 300ms", dead)(0)).toBe("NOERROR 1 for 2 after 1");
    expect([0, 4000].map(lead("serve_stale 20s verify 300ms", dead))[1]).toBe("NOERROR 1 for 0 after 300");
    expect([0, 4000, 40_000].map(lead("serve_stale 10s", dead))[2]).toBe("NOERROR 2 for 2 after 1");
  });

  it("asks for what is wanted often before it runs out", () => {
    const at = lead("prefetch 2 1m 50%", () => undefined);
    expect([0, 300, 600, 1200, 1300].map(at)).toEqual([
      "NOERROR 1 for 2 after 1",
      "NOERROR 1 for 2 after 0",
      "NOERROR 1 for 2 after 0",
      "NOERROR 1 for 1 after 0",
      "NOERROR 2 for 2 after 0",
    ]);
  });
});

describe("whatever is asked", () => {
  const bodies = [
    " whoami",
    " local\n any\n hosts /dev/null {\n 10.0.0.1 a.test *.w.test\n fallthrough\n }\n loadbalance\n cache\n forward . 127.0.0.1",
    ' template ANY ANY {\n answer "{{ .Name }} 5 IN TXT {{ index .Match 0 }}"\n }\n rewrite name suffix .a .b answer auto',
    ' rewrite cname exact a. b.\n template IN ANY {\n answer "{{ .Name }} CNAME a."\n }',
    ' bufsize 600\n minimal\n acl {\n block type MX\n }\n template IN A {\n answer "a. A 192.0.2.1" "b. A 192.0.2.2"\n }',
  ];
  const label = fc.string({
    unit: fc.constantFrom("a", "b", "W", "-", "_", "*", "\\.", "\\032"),
    minLength: 1,
    maxLength: 9,
  });
  const name = fc
    .array(fc.oneof(label, fc.constant("test"), fc.constant("localhost")), { maxLength: 6 })
    .map((labels) => `${labels.join(".")}.`);
  const edns = fc.record<Edns>({
    udpSize: fc.integer({ min: 0, max: 65535 }),
    version: fc.integer({ min: 0, max: 1 }),
    do: fc.boolean(),
    options: fc.constant([]),
  });

  test.prop([
    fc.constantFrom(...bodies),
    name,
    fc.constantFrom<RecordType>("A", "AAAA", "TXT", "MX", "ANY", "DS", "AXFR", "TYPE999"),
    fc.option(edns, { nil: undefined }),
  ])("the answer is to the question and fits", (body, asked, type, withEdns) => {
    const server = start(body, (query) => answered(query, address(query.questions[0]!.name, 1)));
    const query = { ...queryFor(7, asked, type), edns: withEdns };
    const response = server.respond(query, arrival);
    if (response === undefined) return;
    const { message } = response;
    expect(message).toMatchObject({ id: 7, flags: { qr: true }, questions: [{ name: asked, type }] });
    expect(encodeMessage(message, response).length).toBeLessThanOrEqual(Math.max(512, withEdns?.udpSize ?? 0));
  });

  const words =
    'errors log cache 30 success denial { } forward . 127.0.0.1 hosts 10.0.0.1 a ttl 5 rewrite name exact template IN A answer x match ( ready health lameduck 5s reload loop file auto acl allow net type * transfer to kubernetes pods verified autopath @kubernetes minimal " #'.split(
      " ",
    );
  const corefile = fc.array(fc.oneof(fc.constantFrom(...words), fc.constant("\n")), { maxLength: 40 });

  test.prop([corefile], { numRuns: 500 })("a Corefile starts, or its error is of the right class", (parts) => {
    try {
      DnsServer.start(parseCorefile(`. {\n${parts.join(" ")}\n}`), surroundings(silent));
    } catch (error) {
      expect(error instanceof ParseError || error instanceof UnsupportedError, String((error as Error).stack)).toBe(
        true,
      );
    }
  });
});

describe("file", () => {
  const zone = "@ 60 SOA a. b. 7 1 1 1 1\n@ 60 NS ns\nz 60 A 192.0.2.1\nb.a 60 A 192.0.2.2\na 60 A 192.0.2.3\n";
  const serverFor = (texts: Readonly<Record<string, string>>, log: string[] = []): DnsServer =>
    DnsServer.start(parseCorefile(". {\n transfer {\n to *\n }\n file db example.org {\n reload 10s\n }\n}"), {
      ...surroundings(silent, log),
      readFile: (path) => texts[path],
    });

  it("hands its zone out in the order of names, the SOA first and last", () => {
    const transferred = serverFor({ db: zone }).answer(queryFor(1, "example.org.", "AXFR"), {
      ...arrival,
      transport: "tcp",
    });
    expect(transferred!.answers.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "example.org. SOA",
      "example.org. NS",
      "a.example.org. A",
      "b.a.example.org. A",
      "z.example.org. A",
      "example.org. SOA",
    ]);
  });

  it("takes another zone up with the next look at the file, if its serial is another one", () => {
    const texts = { db: zone };
    const log: string[] = [];
    const server = serverFor(texts, log);
    const countAt = (nowMs: number): number =>
      server.answer(queryFor(1, "new.example.org.", "A"), { ...arrival, nowMs })!.answers.length;
    texts.db = `${zone}new 60 A 192.0.2.4\n`;
    expect(countAt(11_000)).toBe(0);
    texts.db = texts.db.replace(" 7 ", " 8 ");
    expect(countAt(19_999)).toBe(0);
    expect(countAt(20_000)).toBe(1);
    expect(log).toEqual(['[INFO] plugin/file: Successfully reloaded zone "example.org." in "db" with 8 SOA serial']);
    texts.db = "nonsense";
    expect(countAt(30_000)).toBe(1);
    expect(log[1]).toMatch(/^\[ERROR\] plugin\/file: Parsing zone "example\.org\.": failed to parse file "db"/);
  });
});
