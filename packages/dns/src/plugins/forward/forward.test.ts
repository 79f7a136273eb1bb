import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { Dispenser } from "../../corefile/dispenser.ts";
import { parseCorefile } from "../../corefile/parse-corefile.ts";
import { type DnsMessage, queryFor, replyTo } from "../../message/dns-message.ts";
import { DnsServer } from "../../server/dns-server.ts";
import type { Exchange } from "../plugin.ts";
import { readForwards } from "./forward-settings.ts";
import { Upstream } from "./upstream.ts";

/** What is said, by which ports were asked, and what the log tells. */
function lead(body: string, exchange: (query: DnsMessage, port: number) => Exchange) {
  const ports: number[] = [];
  const log: string[] = [];
  const server = DnsServer.start(parseCorefile(`. {\n errors\n${body}\n}`), {
    state: undefined,
    nowMs: 0,
    random: seededRandom("forward"),
    addresses: [],
    readFile: () => undefined,
    exchange: (_address, port, _transport, query) => {
      if (query.questions[0]!.type !== "NS") ports.push(port);
      return exchange(query, port);
    },
    log: (line) => log.push(line),
  });
  const ask = (name: string, nowMs = 0): string | undefined => {
    const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs } as const;
    return server.answer(queryFor(1, name, "A"), arrival)?.rcode;
  };
  return { ask, ports, log };
}

const refusing = (query: DnsMessage): Exchange => ({
  kind: "answered",
  tookMs: 1,
  message: replyTo(query, "REFUSED"),
});
const closed = (): Exchange => ({ kind: "refused", tookMs: 0 });

describe("forward", () => {
  it("asks each upstream once where all give a reason to ask the next", () => {
    const { ask, ports } = lead(
      " forward . 192.0.2.53:1 192.0.2.53:2 192.0.2.53:3 {\n policy sequential\n failover REFUSED\n }",
      refusing,
    );
    expect(ask("a.")).toBe("REFUSED");
    expect(ports).toEqual([1, 2, 3]);
  });

  it("is for its own zone even where that is excepted", () => {
    const { ask, ports } = lead(" forward a.test 192.0.2.53 {\n except a.test\n }", refusing);
    ask("a.test.");
    expect(ports).toEqual([53]);
    ask("b.a.test.");
    expect(ports).toEqual([53]);
  });

  it("says in the real words that no upstream is healthy", () => {
    const { ask, log } = lead(
      " forward . 192.0.2.53:5 {\n failfast_all_unhealthy_upstreams\n max_fails 1\n health_check 100ms\n }",
      closed,
    );
    ask("a.");
    ask("a.", 3000);
    expect(log.at(-1)).toBe("[ERROR] plugin/errors: 2 a. A: no healthy proxies");
  });
});

describe("an upstream", () => {
  it("is down when more probes have failed than are allowed, not as many", () => {
    const corefile = parseCorefile(". {\n forward . 192.0.2.53 {\n max_fails 2\n health_check 500ms\n }\n}");
    const { words } = corefile.blocks[0]!.directives[0]!;
    const [settings] = readForwards(new Dispenser("Corefile", words, "forward"), () => undefined);
    const upstream = new Upstream(settings!.upstreams[0]!, settings!, closed);
    upstream.suspect(0);
    expect([0, 500, 1000].map((nowMs) => upstream.isDown(nowMs))).toEqual([false, false, true]);
  });
});
