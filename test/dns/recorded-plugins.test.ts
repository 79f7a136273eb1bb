import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { parseCorefile } from "@kubenetsim/dns/corefile/parse-corefile";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import type { Exchange } from "@kubenetsim/dns/plugins/plugin";
import { DnsServer } from "@kubenetsim/dns/server/dns-server";
import { acceptQuery } from "@kubenetsim/dns/wire/accept-query";
import { decodeMessage } from "@kubenetsim/dns/wire/decode-message";
import { encodeMessage } from "@kubenetsim/dns/wire/encode-message";
import { describe, expect, it } from "vitest";

/**
 * What a real CoreDNS 1.15.0 answered on one Corefile: when, on which port, the query and the answer in the wire format (base64;
 * null where none came). A second server block is the upstream of the first.
 */
interface Recorded {
  readonly corefile: string;
  readonly files: Readonly<Record<string, string>>;
  readonly clientPort: number;
  readonly exchanges: readonly (readonly [atMs: number, port: number, query: string, answer: string | null])[];
}

const recorded = readFileSync(join(import.meta.dirname, "recorded-plugins.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

const titleOf = ({ corefile }: Recorded): string => corefile.split("\n.:15999")[0]!.replace(/\s+/g, " ").slice(0, 90);

describe("recorded answers of CoreDNS's plugins", () => {
  it.each(recorded.map((one) => [titleOf(one), one] as const))("%s", (_title, one) => {
    const clock = { nowMs: 0 };
    const server = serverOf(one, clock);
    for (const [atMs, port, query, answer] of one.exchanges) {
      clock.nowMs = atMs;
      const said = sent(server, Buffer.from(query, "base64"), { port, clientPort: one.clientPort, nowMs: atMs });
      const asked = JSON.stringify(decodeMessage(Buffer.from(query, "base64")).questions);
      const expected = answer === null ? undefined : new Uint8Array(Buffer.from(answer, "base64"));
      expect(said?.length, asked).toBe(expected?.length);
      expect(said && comparable(said), asked).toEqual(expected && comparable(expected));
    }
  });
});

function serverOf({ corefile, files }: Recorded, clock: { nowMs: number }): DnsServer {
  const server: DnsServer = DnsServer.start(parseCorefile(corefile), {
    state: undefined,
    nowMs: 0,
    random: seededRandom("recorded"),
    addresses: ["127.0.0.1"],
    readFile: (path) => (path === "/dev/null" ? "" : files[path]),
    listFiles: () => Object.keys(files),
    exchange: (_address, port, transport, query): Exchange => {
      const arrival = { client: "127.0.0.1", clientPort: 40000, transport, port, nowMs: clock.nowMs };
      const response = server.respond(query, arrival);
      if (response === undefined) return { kind: "timeout", tookMs: 2000 };
      return { kind: "answered", message: decodeMessage(encodeMessage(response.message, response)), tookMs: 0 };
    },
    log: () => {},
  });
  return server;
}

function sent(
  server: DnsServer,
  query: Uint8Array,
  arrival: { port: number; clientPort: number; nowMs: number },
): Uint8Array | undefined {
  const accepted = acceptQuery(query);
  if (accepted.kind === "ignored") return undefined;
  if (accepted.kind === "reply") return encodeMessage(accepted.message, { compress: false });
  const response = server.respond(accepted.message, { ...arrival, client: "127.0.0.1", transport: "udp" });
  return response === undefined ? undefined : encodeMessage(response.message, response);
}

/** `loadbalance` puts records into any order. */
function comparable(bytes: Uint8Array): unknown {
  const message: DnsMessage = decodeMessage(bytes);
  const sorted = (records: DnsMessage["answers"]): string[] => records.map((record) => JSON.stringify(record)).sort();
  const { answers, authorities, additionals } = message;
  return { ...message, answers: sorted(answers), authorities: sorted(authorities), additionals: sorted(additionals) };
}
