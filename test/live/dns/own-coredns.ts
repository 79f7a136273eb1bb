import { seededRandom } from "@kubenetsim/core/runtime/random";
import { parseCorefile } from "@kubenetsim/dns/corefile/parse-corefile";
import type { Exchange } from "@kubenetsim/dns/plugins/plugin";
import { DnsServer } from "@kubenetsim/dns/server/dns-server";
import { decodeMessage } from "@kubenetsim/dns/wire/decode-message";
import { encodeMessage } from "@kubenetsim/dns/wire/encode-message";
import { StoredObjects } from "@kubenetsim/testing/dns-objects";
import { corefileOf, type DnsCase, zoneFile } from "./dns-case.ts";
import { queryBytes } from "./query-bytes.ts";
import type { RealAnswer } from "./real-coredns.ts";

const ports = { dns: 15900, upstream: 15999, api: 15901 };

export type OwnRounds = readonly (readonly (readonly Uint8Array[])[])[];

/**
 * Our server's replies to the same questions, at the times when the real one was asked.
 *
 * @throws ParseError, UnsupportedError for a Corefile that it does not start with
 */
export function askOwn(one: DnsCase, real: RealAnswer): OwnRounds {
  const objects = new StoredObjects(one.rounds[0]!.put);
  const time = { nowMs: 0 };
  const server: DnsServer = DnsServer.start(parseCorefile(corefileOf(one, ports)), {
    state: objects.state,
    nowMs: 0,
    random: seededRandom("live"),
    addresses: [],
    readFile: (path) => (path === "/dev/null" ? "" : path === "zone" ? zoneFile : undefined),
    exchange: (_address, port, transport, query): Exchange => {
      const arrival = { client: "127.0.0.1", clientPort: 40000, transport, port, nowMs: time.nowMs };
      const response = server.respond(query, arrival);
      if (response === undefined) return { kind: "timeout", tookMs: 2000 };
      return { kind: "answered", message: decodeMessage(encodeMessage(response.message, response)), tookMs: 0 };
    },
    log: () => undefined,
  });
  return one.rounds.map(({ put, deleted, questions }, at) => {
    if (at > 0) {
      objects.put(...put);
      for (const { kind, metadata } of deleted) {
        objects.delete(
          kind,
          metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`,
        );
      }
      server.update(objects.takeChanges(), objects.state, time.nowMs);
    }
    return questions.map((question, index) => {
      const { atMs, clientPort } = real.rounds[at]![index]!;
      time.nowMs = Math.round(atMs);
      const { transport } = question;
      const arrival = { client: "127.0.0.1", clientPort, transport, port: ports.dns, nowMs: time.nowMs };
      return server.respondToBytes(queryBytes(question), arrival);
    });
  });
}
