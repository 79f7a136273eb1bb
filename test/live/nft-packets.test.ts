/** Packets through random nft rules: which counters rise in the kernel of this machine, and which in ours. */
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { NftFamily, NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import { parseNftCommands } from "@kubenetsim/netfilter/text/nft-command-parse";
import { parseNftList } from "@kubenetsim/netfilter/text/nft-list-parse";
import { expect, it } from "vitest";
import { packetLine, packetOf, packetSender, route, routerDevices, routerScript } from "./live-router.ts";
import { missingTools, runInNamespace } from "./namespace-shell.ts";
import { RandomNftRules } from "./random-nft-rules.ts";

const rulesets = 15;
const missing = missingTools("nft", "ip", "unshare", "nsenter", "python3");

for (const family of ["ip", "ip6"] as const) {
  it.skipIf(missing)(`counters and sets come out as in a real kernel (${family})`, { timeout: 300_000 }, () => {
    const all = Array.from({ length: rulesets }, (_, i) => {
      return new RandomNftRules(family, seededRandom(`${family} ${i}`), 10_000 + 100 * i);
    });
    const files = new Map([["send.py", packetSender]]);
    for (const [i, { text, packets }] of all.entries()) {
      files.set(`${i}.rules`, text);
      files.set(`${i}.packets`, packets.map(packetLine).join("\n"));
    }
    const results = all.map((_, i) => `${i}.out`);
    const back = runInNamespace(routerScript(family, each(family)), files, results);
    for (const [i, rules] of all.entries()) {
      const real = parseNftList(back.get(`${i}.out`)!)[0]!;
      expect(counts(afterPackets(family, rules)), rules.text).toEqual(counts(real));
    }
  });
}

/** What a packet adds to: packets of every counter by chain, and how many elements rules have added. */
function counts(table: NftTable): unknown {
  const chains = [...table.chains.values()].map(({ name, rules }) => [
    name,
    rules.flatMap(({ statements }) => statements.flatMap((one) => (one.kind === "counter" ? [one.packets ?? 0] : []))),
  ]);
  return { ...Object.fromEntries(chains), sets: ["seen", "few"].map((name) => table.sets.get(name)!.elements.length) };
}

function afterPackets(family: NftFamily, { text, packets }: RandomNftRules): NftTable {
  const kernel = new Kernel({ random: seededRandom("live"), clock: virtualClock(), devices: routerDevices(family) });
  for (const transaction of parseNftCommands(text)) kernel.applyNft(transaction);
  for (const packet of packets) route(kernel, packetOf(packet));
  return kernel.nftTable(family, "t")!;
}

function each(family: NftFamily): string {
  return `
  nft flush ruleset
  nft -f $i.rules
  send $i.packets
  nft list table ${family} t > $i.out`;
}
