import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NftStore } from "@kubenetsim/netfilter/nft/nft-store";
import type { IpSet } from "@kubenetsim/netfilter/ruleset/ip-set";
import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { canonicalNftList } from "@kubenetsim/netfilter/text/nft-canonical";
import { printDummyDevice } from "@kubenetsim/proxy/ipvs/dummy-device";
import type { IpvsProgram } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import { firstDifference, firstSetDifference } from "../first-difference.ts";
import { afterCommands } from "./after-commands.ts";
import { printVirtualServers } from "./ipvs-listing.ts";
import type { Scenario } from "./scenario.ts";
import { configOf, type Variant } from "./variant.ts";
import { families, type Program, programOf } from "./written-by-proxy.ts";

/**
 * Holds one recorded file of a node against what is computed; the first difference, or undefined when there is none.
 *
 * upstream: ipvs.TestCreateAndLinkKubeChain
 */
export function ruleFileDifference(
  scenario: Scenario,
  variant: Variant,
  node: string,
  file: string,
): string | undefined {
  const expected = readFileSync(join(variant.folder, node, file), "utf8");
  const difference = differenceOn(scenario, variant, node, file, expected);
  if (difference === undefined) return undefined;
  const later = afterCommands(scenario, expected);
  return later === undefined || differenceOn(later, variant, node, file, expected) !== undefined
    ? difference
    : undefined;
}

function differenceOn(
  scenario: Scenario,
  variant: Variant,
  node: string,
  file: string,
  expected: string,
): string | undefined {
  const config = configOf(variant, node);
  const programs = families.map((family) => programOf(scenario, node, config, family));
  const [v4, v6] = programs as [Program, Program];
  if (file === "iptables-save.txt") return rulesDifference(expected, v4);
  if (file === "ip6tables-save.txt") return rulesDifference(expected, v6);
  if (file === "nft-ip.txt") return tableDifference(expected, v4);
  if (file === "nft-ip6.txt") return tableDifference(expected, v6);
  if (v4.mode !== "ipvs" || v6.mode !== "ipvs") throw new Error(`${file} of a node in mode ${config.mode}`);
  switch (file) {
    case "ipvsadm-Ln.txt":
      return linesDifference(expected, printVirtualServers([v4.program, v6.program]));
    case "ipset-list.txt":
      return firstSetDifference(readSets(expected), [...v4.program.ipSets, ...v6.program.ipSets].map(setText));
    case "kube-ipvs0.txt":
      return linesDifference(expected, printDummyDevice([...v4.program.dummyAddresses, ...v6.program.dummyAddresses]));
    case "sysctl.txt":
      return sysctlsDifference(expected, v4.program);
    default:
      return "not modelled yet";
  }
}

function rulesDifference(expected: string, { mode, program }: Program): string | undefined {
  if (mode === "nftables") throw new Error(`iptables-save of a node in mode ${mode}`);
  return firstDifference(ruleLines(expected), ruleLines(canonicalIptablesSave(program.ruleset)));
}

function tableDifference(expected: string, { mode, program }: Program): string | undefined {
  if (mode !== "nftables") throw new Error(`nft list table of a node in mode ${mode}`);
  const kernel = new NftStore();
  for (const transaction of program.transactions) kernel.apply(transaction);
  const { family, name } = program.table;
  return linesDifference(expected, canonicalNftList(kernel.table(family, name)!));
}

function linesDifference(expected: string, actual: string): string | undefined {
  return firstDifference(expected.replace(/\n+$/, "").split("\n"), actual.replace(/\n+$/, "").split("\n"));
}

/** kube-proxy fills KUBE-IPVS-OUT-FILTER in the order of a Go map, which the recordings left as it came. */
function ruleLines(text: string): string[] {
  const lines = text.trimEnd().split("\n");
  const free = lines.filter((line) => line.startsWith("-A KUBE-IPVS-OUT-FILTER ")).sort();
  return lines.map((line) => (line.startsWith("-A KUBE-IPVS-OUT-FILTER ") ? free.shift()! : line));
}

/** `ipset list` as one line a set: name, type, sorted members. */
function readSets(text: string): string[] {
  return text
    .trimEnd()
    .split("\n\n")
    .map((block) => {
      const [head, members = ""] = block.split("Members:");
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(head!)?.[1] ?? "";
      return setLine(
        field("Name"),
        field("Type"),
        members.split("\n").filter((member) => member !== ""),
      );
    });
}

function setText({ name, type, entries }: IpSet): string {
  return setLine(
    name,
    type,
    entries.map(({ text }) => text),
  );
}

function setLine(name: string, type: string, members: readonly string[]): string {
  return `${name} ${type} ${[...members].sort().join(" ")}`;
}

/** What kube-proxy does not set stands at the kernel's default, which is 0 for all recorded ones but this. */
const kernelDefaults: ReadonlyMap<string, number> = new Map([["net/ipv4/vs/conn_reuse_mode", 1]]);

function sysctlsDifference(expected: string, program: IpvsProgram): string | undefined {
  const names = expected
    .trimEnd()
    .split("\n")
    .map((line) => line.split(":")[0]!);
  const actual = names.map((name) => {
    const path = `net/${name}`;
    return `${name}:${program.sysctls.get(path) ?? kernelDefaults.get(path) ?? 0}`;
  });
  return linesDifference(expected, actual.join("\n"));
}
