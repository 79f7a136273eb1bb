import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../../corefile/parse-corefile.ts";
import { type DnsMessage, queryFor, replyTo } from "../../message/dns-message.ts";
import type { ResourceRecord } from "../../message/resource-record.ts";
import { DnsServer } from "../../server/dns-server.ts";
import type { Exchange } from "../plugin.ts";

const soa: ResourceRecord = {
  name: "test.",
  type: "SOA",
  class: "IN",
  ttl: 60,
  mname: "ns.test.",
  rname: "h.test.",
  serial: 1,
  refresh: 2,
  retry: 3,
  expire: 4,
  minimum: 60,
};

/** What the upstream says to the query with this number, from 1. */
type Said = (count: number) => "address" | "NXDOMAIN" | "SERVFAIL" | "silence";

/** A cache before an upstream that counts in its addresses. */
function lead(options: string, said: Said, ttl = 5) {
  const asked: DnsMessage[] = [];
  const exchange = (query: DnsMessage): Exchange => {
    const isProbe = query.questions[0]!.type === "NS";
    if (!isProbe) asked.push(query);
    const kind = isProbe ? "silence" : said(asked.length);
    if (kind === "silence") return { kind: "timeout", tookMs: 2000 };
    const reply = replyTo(query, kind === "address" ? "NOERROR" : kind);
    const { name } = query.questions[0]!;
    const record: ResourceRecord = { name, type: "A", class: "IN", ttl, address: `192.0.2.${asked.length}` };
    if (kind === "address") return { kind: "answered", tookMs: 0, message: { ...reply, answers: [record] } };
    return { kind: "answered", tookMs: 0, message: { ...reply, authorities: kind === "NXDOMAIN" ? [soa] : [] } };
  };
  const server = DnsServer.start(parseCorefile(`. {\n forward . 192.0.2.53\n cache {\n${options}\n }\n}`), {
    state: undefined,
    nowMs: 0,
    random: seededRandom("cache"),
    addresses: [],
    readFile: () => undefined,
    exchange: (_address, _port, _transport, query) => exchange(query),
    log: () => {},
  });
  const at = (nowMs: number, change: (query: DnsMessage) => DnsMessage = (query) => query): string => {
    const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs } as const;
    const { message } = server.respond(change(queryFor(1, "a.test.", "A")), arrival)!;
    const [record] = message.answers;
    return record?.type === "A" ? `${record.address.slice(8)} for ${record.ttl}` : message.rcode;
  };
  return { at, asked };
}

const thenMissing: Said = (count) => (count === 1 ? "address" : "NXDOMAIN");

describe("a zone whose denials are not kept", () => {
  it.each([
    ["serve_stale 1h immediate", [0, 6200, 6500], ["1 for 5", "1 for 0", "NXDOMAIN"]],
    ["serve_stale 1h verify", [0, 6400, 6500], ["1 for 5", "NXDOMAIN", "NXDOMAIN"]],
    ["prefetch 1 1m 90%", [0, 1200, 1400], ["1 for 5", "1 for 4", "NXDOMAIN"]],
  ])("keeps them all the same when they come of a refresh: %s", (option, times, answers) => {
    const { at, asked } = lead(` success 100 5 5\n disable denial\n ${option}`, thenMissing);
    expect(times.map((nowMs) => at(nowMs))).toEqual(answers);
    expect(asked).toHaveLength(2);
  });

  it("does not keep one that somebody waited for", () => {
    const { at, asked } = lead(" disable denial", () => "NXDOMAIN");
    expect([0, 10].map((nowMs) => at(nowMs))).toEqual(["NXDOMAIN", "NXDOMAIN"]);
    expect(asked).toHaveLength(2);
  });
});

describe("the count of questions that prefetch goes by", () => {
  it("outlives an answer that ran out", () => {
    const { at, asked } = lead(" success 100 6 6\n prefetch 3 1m 90%\n serve_stale 1h immediate", () => "address");
    for (const nowMs of [0, 10, 20, 30, 6300]) at(nowMs);
    expect(asked).toHaveLength(3);
    for (const nowMs of [7500, 7800]) at(nowMs);
    expect(asked).toHaveLength(5);
  });

  it("has its limit rounded up to whole seconds", () => {
    const { at, asked } = lead(" success 100 5 5\n prefetch 1 1m 50%", () => "address");
    at(0);
    at(1900);
    expect(asked).toHaveLength(1);
    at(2000);
    expect(asked).toHaveLength(2);
  });
});

describe("what is kept", () => {
  it("is told with its first TTL under keepttl, be it fresh or stale", () => {
    const { at } = lead(" success 100 5 5\n keepttl\n serve_stale 1h immediate", () => "address");
    expect([0, 3000, 7000].map((nowMs) => at(nowMs))).toEqual(["1 for 5", "1 for 5", "1 for 5"]);
  });

  it("is one answer each with and without DO, and with and without CD", () => {
    const { at, asked } = lead(" success 100 50 5", () => "address");
    const edns = { udpSize: 1232, version: 0, do: true, options: [] };
    const disabled = (query: DnsMessage): DnsMessage => ({ ...query, flags: { ...query.flags, cd: true } });
    const variants = [
      (query: DnsMessage) => query,
      disabled,
      (query: DnsMessage) => ({ ...query, edns }),
      (query: DnsMessage) => disabled({ ...query, edns }),
    ];
    const first = variants.map((change) => at(0, change));
    expect(new Set(first).size).toBe(4);
    expect(variants.map((change) => at(10, change))).toEqual(first);
    expect(asked).toHaveLength(4);
  });

  it("is a failure only where no good answer stands beside it", () => {
    // A prefetch fails: the answer that it was for still holds.
    const { at, asked } = lead(" success 100 5 5\n prefetch 1 1m 90%", (n) => (n === 1 ? "address" : "SERVFAIL"));
    expect([0, 1200, 1400].map((nowMs) => at(nowMs))).toEqual(["1 for 5", "1 for 4", "1 for 4"]);
    expect(asked.length).toBeGreaterThan(1);
    expect(at(5500)).toBe("SERVFAIL");
  });

  it("is no denial any more when a refresh of it has found an address", () => {
    const { at } = lead(" denial 100 5 5\n prefetch 1 1m 90%", (n) => (n === 1 ? "NXDOMAIN" : "address"), 60);
    expect([0, 1200, 1400].map((nowMs) => at(nowMs))).toEqual(["NXDOMAIN", "NXDOMAIN", "2 for 60"]);
  });
});

describe("a refresh that failed", () => {
  it("is not tried again for as long as is said, from when it had failed", () => {
    const { at, asked } = lead(" success 100 5 5\n serve_stale 1h immediate 30s 5s", (n) =>
      n === 1 ? "address" : "silence",
    );
    at(0);
    at(6000);
    // Two attempts of two seconds each.
    expect(asked).toHaveLength(3);
    at(14_900);
    expect(asked).toHaveLength(3);
    at(15_000);
    expect(asked).toHaveLength(4);
  });
});
