import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../../corefile/parse-corefile.ts";
import { queryFor } from "../../message/dns-message.ts";
import type { RecordType } from "../../message/record-type.ts";
import { DnsServer } from "../../server/dns-server.ts";

/** The answer's records and what the log says of the query. */
function ask(body: string, name: string, type: RecordType): { answers: string[]; log: string[] } {
  const log: string[] = [];
  const server = DnsServer.start(parseCorefile(`. {\n${body}\n}`), {
    state: undefined,
    nowMs: 0,
    random: seededRandom("rewrite"),
    addresses: ["10.244.0.5"],
    readFile: () => undefined,
    exchange: () => ({ kind: "refused", tookMs: 0 }),
    log: (line) => log.push(line),
  });
  const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs: 0 } as const;
  const message = server.answer(queryFor(1, name, type), arrival)!;
  return { answers: message.answers.map((record) => `${record.name} ${record.ttl}`), log };
}

describe("what errors and log say of a query that rewrite has changed", () => {
  const rules = " rewrite continue name a.x.test b.y.test\n rewrite type AAAA TXT\n forward . 192.0.2.53";
  const logged = (body: string): string[] => ask(` errors\n log\n${body}`, "a.x.test.", "AAAA").log;

  it.each(["", " cache\n"])("is the rewritten one, but for the name in the log, which was read before: %j", (cache) => {
    const [query, error] = logged(cache + rules);
    expect(query).toContain(' "TXT IN a.x.test. udp 26 ');
    expect(error).toMatch(/^\[ERROR\] plugin\/errors: 0 b\.y\.test\. TXT: read udp/);
  });
});

describe("the rules that change an answer", () => {
  it("act from the last to the first", () => {
    const template = ' template IN A {\n answer "{{ .Name }} 100 IN A 192.0.2.1"\n }';
    const ttl = (first: string, second: string): string[] =>
      ask(` rewrite continue ttl substring a ${first}\n rewrite ttl substring a ${second}\n${template}`, "a.", "A")
        .answers;
    expect(ttl("5", "30")).toEqual(["a. 5"]);
    expect(ttl("30", "5")).toEqual(["a. 30"]);
  });

  it("undo one name after the other", () => {
    const names =
      " rewrite continue name exact a.test b.test answer auto\n rewrite name exact b.test c.test answer auto";
    const template = ' template IN A {\n answer "{{ .Name }} 100 IN A 192.0.2.1"\n }';
    expect(ask(`${names}\n${template}`, "a.test.", "A").answers).toEqual(["a.test. 100"]);
  });
});
