import { fc, test } from "@fast-check/vitest";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { parseIptablesSave } from "../text/iptables-parse.ts";
import { parseNftCommands } from "../text/nft-command-parse.ts";
import { hook } from "./hook.ts";
import { Kernel } from "./kernel.ts";
import { Meter } from "./meter.ts";
import { Packet } from "./packet.ts";

function kernelOf(seed = "a"): Kernel {
  return new Kernel({ random: seededRandom(seed), clock: virtualClock(), devices: [] });
}

function send(kernel: Kernel, count: number, sourcePort = 40_000): void {
  for (let i = 0; i < count; i++) {
    const packet = Object.assign(new Packet(), { protocol: 17, src0: 0x0a000001, dst0: 0x0a000002, sourcePort });
    kernel.runHook(hook.PREROUTING, packet, new Meter(), null);
  }
}

function apply(kernel: Kernel, text: string): void {
  for (const transaction of parseNftCommands(text)) kernel.applyNft(transaction);
}

/** What the counters of chain c have counted. */
function nftCounts(kernel: Kernel): (number | undefined)[] {
  const rules = kernel.nftTable("ip", "t")!.chains.get("c")!.rules;
  return rules.flatMap(({ statements }) => statements.flatMap((one) => (one.kind === "counter" ? [one.packets] : [])));
}

const base = "add table ip t\nadd chain ip t c { type filter hook prerouting priority -150 ; }\n";

describe("numgen inc", () => {
  it("goes on where it stands when a rule is added behind it", () => {
    const kernel = kernelOf();
    apply(kernel, `${base}add rule ip t c numgen inc mod 2 0 counter\n`);
    send(kernel, 3);
    apply(kernel, "add rule ip t c numgen inc mod 2 0 counter\n");
    send(kernel, 1);
    expect(nftCounts(kernel)).toEqual([2, 1]);
  });

  test.prop([fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, 1, 4294967000), fc.integer({ min: 1, max: 20 })])(
    "takes turns from its offset on",
    (modulus, offset, packets) => {
      const kernel = kernelOf();
      const all = Array.from({ length: modulus }, (_, i) => `${offset + i} : jump c${i}`);
      const chains = all.map((_, i) => `add chain ip t c${i}\nadd rule ip t c${i} counter\n`).join("");
      apply(
        kernel,
        `${base}${chains}add rule ip t c numgen inc mod ${modulus} offset ${offset} vmap { ${all.join(", ")} }\n`,
      );
      send(kernel, packets);
      const counts = all.map((_, i) => {
        const [statement] = kernel.nftTable("ip", "t")!.chains.get(`c${i}`)!.rules[0]!.statements;
        return statement!.kind === "counter" ? (statement!.packets ?? 0) : -1;
      });
      expect(counts).toEqual(all.map((_, i) => Math.floor((packets + modulus - 1 - i) / modulus)));
    },
  );
});

describe("jhash without a seed", () => {
  const text = `${base}${Array.from({ length: 8 }, (_, i) => `add rule ip t c jhash ip saddr . th sport mod 2 ${i % 2} counter\n`).join("")}`;

  it("has one for each rule, the same in a copy and with the same seed of the whole", () => {
    const [one, other] = [kernelOf("a"), kernelOf("b")];
    for (const kernel of [one, other]) {
      apply(kernel, text);
      for (let port = 1; port <= 20; port++) send(kernel, 1, port);
    }
    const again = kernelOf("a");
    apply(again, text);
    const copy = again.copy();
    for (let port = 1; port <= 20; port++) send(copy, 1, port);
    expect(nftCounts(copy)).toEqual(nftCounts(one));
    expect(nftCounts(other)).not.toEqual(nftCounts(one));
    expect(new Set(nftCounts(one)).size).toBeGreaterThan(1);
  });
});

describe("statistic --mode nth", () => {
  const lines = (more: string): string =>
    `*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m statistic --mode nth --every 3 --packet 1\n${more}COMMIT\n`;
  const counts = (kernel: Kernel): number[] =>
    kernel.chain("IPv4", "mangle", "PREROUTING")!.rules.map(({ counters }) => counters?.packets ?? 0);

  it("counts up to 2^32 − 1", () => {
    const kernel = kernelOf();
    kernel.load(parseIptablesSave(lines("-A PREROUTING -m statistic --mode nth --every 4294967295 --packet 2\n")));
    send(kernel, 7);
    expect(counts(kernel)).toEqual([2, 1]);
  });

  it("goes on where it stands when a rule comes beside it, and begins anew when it is written anew", () => {
    const kernel = kernelOf();
    kernel.load(parseIptablesSave(lines("")));
    send(kernel, 1);
    const chain = kernel.chain("IPv4", "mangle", "PREROUTING")!;
    const more = parseIptablesSave(lines("-A PREROUTING -p udp\n")).tables.get("mangle")!.chains.get("PREROUTING")!;
    const both = { ...chain, rules: [...chain.rules, more.rules[1]!] };
    kernel.restore({ family: "IPv4", tables: [{ name: "mangle", chains: [both], deleted: [] }] });
    send(kernel, 1);
    expect(counts(kernel)).toEqual([1, 1]);
    kernel.restore({ family: "IPv4", tables: [{ name: "mangle", chains: [more], deleted: [] }] });
    send(kernel, 1);
    expect(counts(kernel)).toEqual([0, 1]);
  });

  it("goes its own way in a copy", () => {
    const kernel = kernelOf();
    kernel.load(parseIptablesSave(lines("")));
    send(kernel, 1);
    const copy = kernel.copy();
    send(copy, 1);
    send(kernel, 1);
    expect([counts(copy), counts(kernel)]).toEqual([[1], [1]]);
  });
});
