import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { parseCorefile } from "@kubenetsim/dns/corefile/parse-corefile";
import { DnsServer } from "@kubenetsim/dns/server/dns-server";
import { describe, expect, it } from "vitest";

/** What a real CoreDNS 1.15.0 said of a Corefile: its error, or `OK` where it began to serve. */
interface Recorded {
  readonly corefile: string;
  readonly says: string;
}

const [first = "", ...lines] = readFileSync(join(import.meta.dirname, "recorded-setups.jsonl"), "utf8")
  .trimEnd()
  .split("\n");
/** The files that stood beside the Corefile. */
const files = JSON.parse(first) as Readonly<Record<string, string>>;
const recorded = lines.map((line) => JSON.parse(line) as Recorded);

describe("recorded words on Corefiles", () => {
  it.each(recorded.map((one) => [JSON.stringify(one.corefile), one] as const))("%s", (_title, { corefile, says }) => {
    expect(saidOf(corefile)).toBe(says);
  });
});

function saidOf(corefile: string): string {
  try {
    DnsServer.start(parseCorefile(corefile), {
      state: undefined,
      nowMs: 0,
      random: seededRandom("recorded"),
      addresses: ["127.0.0.1"],
      readFile: (path) => (path === "/dev/null" ? "" : files[path]),
      exchange: () => ({ kind: "timeout", tookMs: 2000 }),
      log: () => {},
    });
    return "OK";
  } catch (error) {
    if (error instanceof ParseError) return error.message.trim();
    throw error;
  }
}
