/** Texts of random clusters through the real tools and back. */
import type { IpFamily } from "@kubenetsim/core/net/address";
import { NftStore } from "@kubenetsim/netfilter/nft/nft-store";
import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printIpsetSave } from "@kubenetsim/netfilter/text/ipset";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import { printNftList } from "@kubenetsim/netfilter/text/nft-list-print";
import {
  compileIpvs,
  type IptablesProgram,
  type NftablesProgram,
  type ProxySnapshot,
  printRestoreInput,
  syncIptables,
  syncNftables,
} from "@kubenetsim/proxy";
import { type ProxyCase, randomProxyCase } from "@kubenetsim/testing";
import { describe, expect, it } from "vitest";
import { missingTools, runInNamespace } from "./namespace-shell.ts";
import { OwnView } from "./own-view.ts";

const families: readonly IpFamily[] = ["IPv4", "IPv6"];
const clusters = 200;
const minutes = 60_000;

describe("iptables-restore and iptables-save", () => {
  const missing = missingTools("iptables-restore", "iptables-save", "unshare");

  it.skipIf(missing)("give back the rules of random clusters", { timeout: 5 * minutes }, () => {
    for (const family of families) {
      const texts = snapshotsOf("iptables", family).map(([first]) => saved(syncIptables(undefined, first!).ruleset));
      const six = family === "IPv4" ? "" : "6";
      const script = texts.map((_, i) => `ip${six}tables-restore < ${i}.in; ip${six}tables-save > ${i}.out`).join("\n");
      const files = new Map(texts.map((text, i) => [`${i}.in`, text]));
      const back = runInNamespace(
        script,
        files,
        texts.map((_, i) => `${i}.out`),
      );
      for (const [i, text] of texts.entries()) expect(tables(back.get(`${i}.out`)!)).toBe(tables(text));
    }
  });

  it.skipIf(missing)("make of the inputs of full and partial syncs what we say", { timeout: 5 * minutes }, () => {
    for (const family of families) {
      const six = family === "IPv4" ? "" : "6";
      const files = new Map<string, string>();
      const expected = new Map<string, string>();
      const lines: string[] = [];
      for (const [number, snapshots] of snapshotsOf("iptables", family, 70).entries()) {
        let program: IptablesProgram | undefined;
        for (const [step, snapshot] of snapshots.entries()) {
          program = syncIptables(program, snapshot);
          if (step === 0) {
            files.set(`${number}.jumps`, saved(withJumpsOnly(program.ruleset)));
            lines.push(`ip${six}tables-restore < ${number}.jumps`);
          }
          const name = `${number}-${step}`;
          files.set(`${name}.in`, new TextDecoder().decode(printRestoreInput(program)));
          expected.set(`${name}.out`, saved(program.ruleset));
          lines.push(`ip${six}tables-restore --noflush --counters < ${name}.in`, `ip${six}tables-save > ${name}.out`);
        }
      }
      const back = runInNamespace(lines.join("\n"), files, [...expected.keys()]);
      for (const [name, text] of expected) expect(tables(back.get(name)!), name).toBe(tables(text));
    }
  });
});

describe("nft", () => {
  const missing = missingTools("nft", "unshare");

  it.skipIf(missing)("makes of the transactions of syncs what we list", { timeout: 5 * minutes }, () => {
    for (const family of families) {
      const ip = family === "IPv4" ? "ip" : "ip6";
      const files = new Map<string, string>();
      const expected = new Map<string, string>();
      const lines: string[] = [];
      for (const [number, snapshots] of snapshotsOf("nftables", family).entries()) {
        const kernel = new NftStore();
        let program: NftablesProgram | undefined;
        if (number > 0) lines.push(`nft delete table ${ip} kube-proxy`);
        for (const [step, snapshot] of snapshots.entries()) {
          program = syncNftables(program, snapshot, { now: 2000 * step });
          const name = `${number}-${step}`;
          for (const [part, transaction] of program.transactions.entries()) {
            kernel.apply(transaction);
            files.set(`${name}-${part}.in`, printNftTransaction(transaction));
            lines.push(`nft -f ${name}-${part}.in`);
          }
        }
        expected.set(`${number}.out`, printNftList(kernel.table(ip, "kube-proxy")!));
        lines.push(`nft list table ${ip} kube-proxy > ${number}.out`);
      }
      const back = runInNamespace(lines.join("\n"), files, [...expected.keys()]);
      for (const [name, text] of expected) expect(back.get(name), name).toBe(text);
    }
  });
});

// upstream: ipvs/ipset.TestCreateSet, ipvs/ipset.TestAddEntry, ipvs/ipset.TestListEntries, ipvs/ipset.TestListSets,
// ipvs/ipset.TestEntryString
describe("ipset", () => {
  const missing = missingTools("ipset", "unshare");

  it.skipIf(missing)("gives back the sets of random clusters", { timeout: 5 * minutes }, () => {
    for (const family of families) {
      const texts = snapshotsOf("iptables", family).map(([first]) =>
        printIpsetSave(compileIpvs(inMode(first!, "ipvs")).ipSets),
      );
      const script = texts.map((_, i) => `ipset restore < ${i}.in; ipset save > ${i}.out; ipset destroy`).join("\n");
      const files = new Map(texts.map((text, i) => [`${i}.in`, text]));
      const back = runInNamespace(
        script,
        files,
        texts.map((_, i) => `${i}.out`),
      );
      for (const [i, text] of texts.entries()) expect(members(back.get(`${i}.out`)!)).toBe(members(text));
    }
  });
});

/** What the kube-proxies of random clusters know, of each at the start and after its steps. */
function snapshotsOf(mode: "iptables" | "nftables", family: IpFamily, count = clusters): ProxySnapshot[][] {
  return Array.from({ length: count }, (_, number) => {
    const one = randomProxyCase(7_000_000 + number, { mode, maxSteps: 3 });
    const view = new OwnView(family, one, false);
    return [one as ProxyCase, ...one.steps].map((step) => view.see(step).snapshot);
  });
}

function inMode(snapshot: ProxySnapshot, mode: "ipvs"): ProxySnapshot {
  const { basis } = snapshot;
  return { ...snapshot, services: snapshot.services, basis: { ...basis, config: { ...basis.config, mode } } };
}

function saved(ruleset: Ruleset): string {
  return printIptablesSave(ruleset);
}

/** The rules as an iptables-save prints them before kube-proxy's first iptables-restore: jumps and empty chains. */
function withJumpsOnly(ruleset: Ruleset): Ruleset {
  const kept = [...ruleset.tables.values()].map((table) => {
    const chains = [...table.chains].map(
      ([name, chain]) => [name, chain.policy === undefined ? { ...chain, rules: [] } : chain] as const,
    );
    return [table.name, { ...table, chains: new Map(chains) }] as const;
  });
  return { ...ruleset, tables: new Map(kept) };
}

/** The lines without comments, tables by name: the kernel lists them in the order in which they came to be. */
function tables(text: string): string {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return `${lines.join("\n")}\n`
    .split(/^(?=\*)/m)
    .sort()
    .join("");
}

/** The lines without the hash's random start, members sorted: the kernel lists them in the order of its hash. */
function members(text: string): string {
  return text
    .replace(/ initval 0x[0-9a-f]+/g, "")
    .split("\n")
    .sort()
    .join("\n");
}
