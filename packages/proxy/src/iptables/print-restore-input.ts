import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Leaf } from "../snapshot/sorted-map.ts";
import { ByteText } from "./byte-text.ts";
import type { IptablesProgram } from "./iptables-program.ts";
import { addRestoreWords } from "./restore-words.ts";
import type { PortBlock, ServiceBlock } from "./service-block.ts";
import { sharedChains } from "./shared-chains.ts";
import { fixedChainsOf } from "./sync-iptables.ts";
import { filterChains, natChains } from "./top-level-chains.ts";

/**
 * What a sync feeds to `iptables-restore --noflush --counters`, byte for byte but for the order of Services and stale
 * chains, which is a Go map's: the names of chains and then the rules, of filter and of nat, and of each Service first what
 * it adds to the chains of all and then its own chains, these only if the sync writes them (syncProxyRules of
 * pkg/proxy/iptables/proxier.go).
 *
 * It is UTF-8. It costs a copy of what Services add to the chains of all, and the rules of those that the sync writes.
 */
export function printRestoreInput(program: IptablesProgram): Uint8Array {
  const { shared, snapshot } = program;
  const fixed = fixedChainsOf(snapshot.basis);
  const services = servicesText(program);
  const deleted = program.input.tables.flatMap((table) => table.deleted);

  const { filter, chains, nat } = services;
  const text = new ByteText(filter.bytes.length + chains.bytes.length + nat.bytes.length + roomForOthers);
  text.add("*filter\n");
  addChainLines(text, filterChains(shared, fixed));
  if (fixed.localhostFirewall !== undefined) addRules(text, fixed.localhostFirewall);
  text.addBytes(filter.bytes);
  addRules(text, fixed.forward);
  text.add("COMMIT\n*nat\n");
  addChainLines(text, natChains(shared, fixed));
  text.addBytes(chains.bytes);
  for (const name of deleted) addChainLine(text, name);
  addRules(text, fixed.postrouting);
  addRules(text, fixed.markMasq);
  text.addBytes(nat.bytes);
  for (const name of deleted) text.add(`-X ${name}\n`);
  for (const rule of fixed.nodePortJumps) addRule(text, "KUBE-SERVICES", rule);
  text.add("COMMIT\n");
  return text.bytes;
}

/** More than the fixed chains take. */
const roomForOthers = 1 << 12;

/** The lines of Services. */
interface ServicesText {
  readonly filter: ByteText;
  readonly chains: ByteText;
  readonly nat: ByteText;
}

/** What most Services and endpoints take, comments left out; where it is more the text grows. */
const bytesOfService = 160;
const bytesOfEndpoint = 256;

function servicesText({ blocks, written, snapshot }: IptablesProgram): ServicesText {
  const endpoints = written === "all" ? snapshot.endpointCount : 0;
  const text = noServices(blocks.size * bytesOfService + endpoints * bytesOfEndpoint);
  for (const leaf of blocks.leaves) {
    if (written !== "all" && !leaf.values.some((block) => written.has(block))) addUnwritten(text, leaf);
    else for (const block of leaf.values) addService(text, block, written === "all" || written.has(block));
  }
  return text;
}

function noServices(expected?: number): ServicesText {
  return { filter: new ByteText(), chains: new ByteText(), nat: new ByteText(expected) };
}

/** What the blocks of a leaf add to the chains of all, kept for as long as the leaf is. */
const unwritten = new WeakMap<Leaf<ServiceBlock>, ServicesText>();

function addUnwritten(text: ServicesText, leaf: Leaf<ServiceBlock>): void {
  let lines = unwritten.get(leaf);
  if (lines === undefined) {
    lines = noServices();
    for (const block of leaf.values) addService(lines, block, false);
    unwritten.set(leaf, lines);
  }
  text.filter.addBytes(lines.filter.bytes);
  text.nat.addBytes(lines.nat.bytes);
}

function addService(text: ServicesText, { ports }: ServiceBlock, isWritten: boolean): void {
  for (const port of ports) {
    addFrontends(text, port);
    if (!isWritten) continue;
    addChainLines(text.chains, port.chains);
    port.write((chain, rule) => addRule(text.nat, chain, rule));
  }
}

function addFrontends({ filter, nat }: ServicesText, { frontends }: PortBlock): void {
  for (const { chain, rule } of frontends) {
    const { table, name } = sharedChains[chain];
    addRule(table === "nat" ? nat : filter, name, rule);
  }
}

function addChainLines(text: ByteText, chains: readonly Chain[]): void {
  for (const { name } of chains) addChainLine(text, name);
}

function addChainLine(text: ByteText, name: string): void {
  text.add(":");
  text.add(name);
  text.add(" - [0:0]\n");
}

function addRules(text: ByteText, { name, rules }: Chain): void {
  for (const rule of rules) addRule(text, name, rule);
}

function addRule(text: ByteText, chain: string, rule: Rule): void {
  text.add("-A ");
  text.add(chain);
  addRestoreWords(text, rule);
  text.add("\n");
}
