import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiObject, Kind } from "@kubenetsim/core/model/api-object";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { parseCorefile } from "@kubenetsim/dns/corefile/parse-corefile";
import { type DnsMessage, queryFor } from "@kubenetsim/dns/message/dns-message";
import type { RecordType } from "@kubenetsim/dns/message/record-type";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";
import { DnsServer } from "@kubenetsim/dns/server/dns-server";
import { decodeMessage } from "@kubenetsim/dns/wire/decode-message";
import { StoredObjects } from "@kubenetsim/testing/dns-objects";
import { describe, expect, it } from "vitest";

/**
 * What a real CoreDNS 1.15.0 answered over TCP on one Corefile: at each step what was put and deleted, then questions with their
 * answers in the wire format (base64; null where none came). It had these addresses.
 */
interface Recorded {
  readonly corefile: string;
  readonly addresses: readonly string[];
  readonly steps: readonly {
    readonly put: readonly ApiObject[];
    readonly delete: readonly (readonly [Kind, string])[];
    readonly asks: readonly (readonly [name: string, type: RecordType, answer: string | null])[];
  }[];
}

const recorded = readFileSync(join(import.meta.dirname, "recorded-clusters.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

const arrival = { client: "127.0.0.1", clientPort: 40000, transport: "tcp", port: 53, nowMs: 0 } as const;

describe("recorded answers about clusters that change", () => {
  it.each(recorded.map((one) => [one.corefile.replace(/\s+/g, " ").slice(0, 110), one] as const))(
    "%s",
    (_title, one) => {
      const objects = new StoredObjects();
      let server: DnsServer | undefined;
      for (const { put, delete: deleted, asks } of one.steps) {
        objects.put(...put);
        for (const [kind, key] of deleted) objects.delete(kind, key);
        server ??= start(one, objects);
        server.update(objects.takeChanges(), objects.state, 0);
        for (const [name, type, answer] of asks) {
          const said = server.answer(queryFor(7, name, type), arrival);
          const expected = answer === null ? undefined : decodeMessage(Buffer.from(answer, "base64"));
          expect(said && comparable(said), `${name} ${type}`).toEqual(expected && comparable(expected));
        }
      }
    },
  );
});

function start({ corefile, addresses }: Recorded, { state }: StoredObjects): DnsServer {
  return DnsServer.start(parseCorefile(corefile), {
    state,
    nowMs: 0,
    random: seededRandom("recorded"),
    addresses,
    readFile: () => undefined,
    exchange: () => ({ kind: "timeout", tookMs: 2000 }),
    log: () => {},
  });
}

/** Records come in the order of Go's maps; serials tell when it was recorded. */
function comparable({ answers, authorities, additionals, ...rest }: DnsMessage): unknown {
  return { ...rest, answers: texts(answers), authorities: texts(authorities), additionals: texts(additionals) };
}

function texts(records: readonly ResourceRecord[]): string[] {
  return records
    .map((record) => JSON.stringify({ ...record, serial: undefined }, Object.keys({ ...record, serial: 0 }).sort()))
    .sort();
}
