import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../corefile/parse-corefile.ts";
import { type DnsMessage, queryFor, replyTo } from "../message/dns-message.ts";
import type { Rcode } from "../message/rcode.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import { DnsServer } from "../server/dns-server.ts";
import type { Exchange } from "./plugin.ts";

const slow: Exchange["tookMs"] = 1500;
const files: Readonly<Record<string, string>> = {
  "/a.db": "$ORIGIN a.test.\n@ 60 IN SOA ns h 1 2 3 4 5\nc 60 IN CNAME x.b.test.\n",
  "/resolv.conf": "search s1.test s2.test s3.test\n",
};

/** How long the server says that the answer took, and how many records it has. */
function took(corefile: string, name: string, exchange: (query: DnsMessage, port: number) => Exchange): number[] {
  const server = DnsServer.start(parseCorefile(corefile), {
    state: undefined,
    nowMs: 0,
    random: seededRandom("waiting"),
    addresses: [],
    readFile: (path) => files[path],
    exchange: (_address, port, _transport, query) => exchange(query, port),
    log: () => {},
  });
  const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs: 0 } as const;
  const { message, tookMs } = server.respond(queryFor(1, name, "A"), arrival)!;
  return [tookMs ?? -1, message.answers.length];
}

const saying =
  (rcode: Rcode, tookMs = slow) =>
  (query: DnsMessage): Exchange => {
    const { name } = query.questions[0]!;
    const record: ResourceRecord = { name, type: "A", class: "IN", ttl: 5, address: "192.0.2.1" };
    return {
      kind: "answered",
      tookMs,
      message: { ...replyTo(query, rcode), answers: rcode === "NOERROR" ? [record] : [] },
    };
  };

describe("the time that a server waits for others is added up", () => {
  const alias = 'template IN A {\n answer "c.a.test. 60 IN CNAME x.b.test." "c.a.test. 60 IN CNAME y.b.test."\n }';
  it.each([
    ["file", "a.test {\n file /a.db\n}", 1500, 2],
    ["template, which asks twice", `a.test {\n ${alias}\n}`, 3000, 4],
    ["rewrite cname", `a.test {\n rewrite cname exact x.b.test. z.b.test.\n file /a.db\n}`, 3000, 2],
  ])("by %s", (_name, block, waitedMs, records) => {
    expect(took(`${block}\n. {\n forward . 192.0.2.53\n}`, "c.a.test.", saying("NOERROR"))).toEqual([
      waitedMs,
      records,
    ]);
  });

  it("by autopath over the names of the list", () => {
    const corefile = ". {\n autopath /resolv.conf\n forward . 192.0.2.53\n}";
    const known = (query: DnsMessage): Exchange =>
      saying(query.questions[0]!.name === "w.s2.test." ? "NOERROR" : "NXDOMAIN")(query);
    expect(took(corefile, "w.s1.test.", known)).toEqual([3000, 2]);
    expect(took(corefile, "w.s1.test.", saying("NXDOMAIN"))).toEqual([6000, 0]);
  });

  it("by a line of forward that leaves the answer to the next", () => {
    const corefile = ". {\n forward . 192.0.2.53:1 {\n next NXDOMAIN\n }\n forward . 192.0.2.53:2\n}";
    const answer = (query: DnsMessage, port: number): Exchange =>
      port === 1 ? saying("NXDOMAIN")(query) : saying("NOERROR", 10)(query);
    expect(took(corefile, "a.test.", answer)).toEqual([1510, 1]);
  });
});
