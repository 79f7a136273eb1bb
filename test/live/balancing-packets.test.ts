/**
 * Packets through random rules of `statistic --mode nth`, `numgen inc` and `jhash`: what the kernel of this machine lists
 * afterwards, and what ours does, byte by byte with all counters. CHANCE_CASES says how many rulesets, CHANCE_SEED which.
 */
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { parseNftCommands } from "@kubenetsim/netfilter/text/nft-command-parse";
import { printNftList } from "@kubenetsim/netfilter/text/nft-list-print";
import { expect, it } from "vitest";
import { packetLine, packetOf, packetSender, route, routerDevices, routerScript } from "./live-router.ts";
import { missingTools, runInNamespace } from "./namespace-shell.ts";
import { randomBalancingRules } from "./random-balancing-rules.ts";
import { places, type SentPacket } from "./random-nft-rules.ts";

const cases = Number(process.env.CHANCE_CASES ?? 8);
const seed = process.env.CHANCE_SEED ?? "balancing";
const missing = missingTools("nft", "iptables-save", "ip", "unshare", "nsenter", "python3");

for (const kind of ["iptables", "ip", "ip6"] as const) {
  it.skipIf(missing)(`${kind}: lists what the real kernel lists`, { timeout: 20_000 + cases * 2_000 }, () => {
    const family = kind === "ip6" ? "ip6" : "ip";
    const all = Array.from({ length: cases }, (_, i) => {
      const random = seededRandom(`${seed} ${kind} ${i}`);
      return { text: randomBalancingRules(kind, random), packets: randomPackets(family, random) };
    });
    const files = new Map([["send.py", packetSender]]);
    for (const [i, { text, packets }] of all.entries()) {
      files.set(`${i}.rules`, text);
      files.set(`${i}.packets`, packets.map(packetLine).join("\n"));
    }
    const back = runInNamespace(
      routerScript(family, kind === "iptables" ? throughIptables : throughNft(family)),
      files,
      all.map((_, i) => `${i}.out`),
    );
    for (const [i, { text, packets }] of all.entries()) {
      const real = withoutPolicies(back.get(`${i}.out`)!.replace(/^#.*\n/gm, ""));
      expect(withoutPolicies(listedAfter(kind, text, packets)), `${seed} ${i}\n${text}`).toBe(real);
    }
  });
}

/** What policies count we print as it was loaded. */
function withoutPolicies(text: string): string {
  return text.replace(/^(:.*) \[\d+:\d+\]$/gm, "$1");
}

const throughIptables = `
  iptables-restore < $i.rules
  send $i.packets
  iptables-save -c -t mangle > $i.out`;

function throughNft(family: NftFamily): string {
  return `
  nft flush ruleset
  nft -f $i.rules
  send $i.packets
  nft list table ${family} t > $i.out`;
}

function listedAfter(kind: "iptables" | NftFamily, text: string, packets: readonly SentPacket[]): string {
  const family = kind === "ip6" ? "ip6" : "ip";
  const random = seededRandom("live");
  const kernel = new Kernel({ random, clock: virtualClock(), devices: routerDevices(family) });
  if (kind === "iptables") kernel.load(parseIptablesSave(text));
  else for (const transaction of parseNftCommands(text)) kernel.applyNft(transaction);
  for (const packet of packets) route(kernel, packetOf(packet));
  if (kind === "iptables") return printIptablesSave(kernel.ruleset("IPv4"), { counters: true });
  return printNftList(kernel.nftTable(family, "t")!);
}

/** UDP alone goes to addresses of the router: TCP's resets are no packets of ours. */
function randomPackets(family: NftFamily, random: ReturnType<typeof seededRandom>): SentPacket[] {
  const { clients, services } = places[family];
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  return Array.from({ length: 60 }, () => ({
    source: pick(clients),
    destination: pick(services),
    protocol: pick([6, 17]),
    sourcePort: 1024 + random.below(60_000),
    destinationPort: pick([53, 80, 443]),
  }));
}
