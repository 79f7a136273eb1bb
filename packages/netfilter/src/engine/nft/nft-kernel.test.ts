import { parseAddressWords } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { expect, test } from "vitest";
import type { NftStatement } from "../../ruleset/nft-expression.ts";
import type { NftCommand } from "../../ruleset/nft-transaction.ts";
import { hook } from "../hook.ts";
import { Kernel } from "../kernel.ts";
import { Meter } from "../meter.ts";
import { Packet } from "../packet.ts";
import { verdict } from "../verdict.ts";

function rule(chain: string, ...statements: NftStatement[]): NftCommand {
  return {
    verb: "add",
    object: "rule",
    chain,
    rule: { statements, comment: undefined, origin: undefined, line: undefined },
  };
}

test("a packet is sent to an endpoint by a map of numbers", () => {
  const kernel = new Kernel({ random: seededRandom("a"), clock: virtualClock() });
  const base = { type: "nat", hook: "prerouting", priority: -100, policy: "accept" } as const;
  const endpoint = (number: number) => ({
    key: [{ kind: "number", number } as const],
    to: { address: parseAddressWords(`10.0.0.${number + 1}`)!, port: 8080 },
  });
  kernel.applyNft({
    family: "ip",
    table: "t",
    commands: [
      { verb: "add", object: "table" },
      { verb: "add", object: "chain", chain: { name: "pre", base, comment: undefined } },
      rule(
        "pre",
        {
          kind: "match",
          key: [{ kind: "l4proto" }],
          negated: false,
          right: { kind: "value", value: { kind: "protocol", number: 6 } },
        },
        { kind: "dnat-map", key: [{ kind: "numgen", mode: "random", modulus: 3 }], elements: [0, 1, 2].map(endpoint) },
      ),
    ],
  });
  const packet = new Packet();
  packet.protocol = 6;
  packet.src0 = 0x0a010101;
  packet.dst0 = 0x0a600001;
  packet.sourcePort = 4000;
  packet.destinationPort = 80;
  const meter = new Meter();
  expect(kernel.runHook(hook.PREROUTING, packet, meter, null)).toBe(verdict.accept);
  expect(packet.destinationPort).toBe(8080);
  expect(packet.dst0 >>> 8).toBe(0x0a0000);
  expect(meter.cost()).toMatchObject({
    rulesCompared: 1,
    chainsEntered: 1,
    setLookups: 1,
    randomDraws: 1,
    natBindings: 1,
  });
});
