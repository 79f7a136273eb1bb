import type { Chain, TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Leaf } from "../snapshot/sorted-map.ts";
import { ByteText } from "./byte-text.ts";
import type { IptablesProgram } from "./iptables-program.ts";
import { RuleText } from "./rule-text.ts";
import type { PortBlock, ServiceBlock } from "./service-block.ts";
import { sharedChains } from "./shared-chains.ts";
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
  const { blocks, written, shared, fixed, deleted } = program;
  const text = new ByteText(roomFor(program));
  const lines = new RuleText(text);
  const touched = touchedLeaves(program);
  text.add("*filter\n");
  for (const { name } of filterChains(shared, fixed)) addChainLine(text, name);
  if (fixed.localhostFirewall !== undefined) addRules(lines, fixed.localhostFirewall);
  for (const leaf of blocks.leaves) {
    if (!touched.has(leaf)) text.addBytes(untouchedLines(leaf).filter);
    else for (const { ports } of leaf.values) for (const port of ports) addFrontends(lines, port, "filter");
  }
  addRules(lines, fixed.forward);
  text.add("COMMIT\n*nat\n");
  for (const { name } of natChains(shared, fixed)) addChainLine(text, name);
  for (const block of written === "all" ? blocks.values() : written) {
    for (const { chainNames } of block.ports) for (const name of chainNames) addChainLine(text, name);
  }
  for (const name of deleted) addChainLine(text, name);
  addRules(lines, fixed.postrouting);
  addRules(lines, fixed.markMasq);
  for (const leaf of blocks.leaves) {
    if (!touched.has(leaf)) text.addBytes(untouchedLines(leaf).nat);
    else for (const block of leaf.values) addNatLines(lines, block, written === "all" || written.has(block));
  }
  for (const name of deleted) text.add(`-X ${name}\n`);
  for (const rule of fixed.nodePortJumps) lines.rule("KUBE-SERVICES", rule);
  text.add("COMMIT\n");
  return text.bytes;
}

/** What most Services and endpoints take, comments left out; where it is more the text grows. */
const bytesOfService = 512;
const bytesOfEndpoint = 320;
/** Of the fixed chains. */
const bytesOfOthers = 1 << 12;

function roomFor({ blocks, written, snapshot }: IptablesProgram): number {
  if (written !== "all") return (blocks.size * bytesOfService) / 4 + bytesOfOthers;
  return blocks.size * bytesOfService + snapshot.endpointCount * bytesOfEndpoint + bytesOfOthers;
}

type BlockLeaf = Leaf<ServiceBlock>;

/** The leaves with a block whose own chains the sync writes. */
function touchedLeaves({ blocks, written }: IptablesProgram): ReadonlySet<BlockLeaf> {
  if (written === "all") return new Set(blocks.leaves);
  return new Set(blocks.leaves.filter((leaf) => leaf.values.some((block) => written.has(block))));
}

/** What the blocks of a leaf add to the chains of all, kept for as long as the leaf is. */
interface LeafLines {
  readonly filter: Uint8Array;
  readonly nat: Uint8Array;
}

const knownLines = new WeakMap<BlockLeaf, LeafLines>();

function untouchedLines(leaf: BlockLeaf): LeafLines {
  const known = knownLines.get(leaf);
  if (known !== undefined) return known;
  const lines = { filter: frontendLines(leaf, "filter"), nat: frontendLines(leaf, "nat") };
  knownLines.set(leaf, lines);
  return lines;
}

function frontendLines({ values }: BlockLeaf, table: TableName): Uint8Array {
  const text = new ByteText();
  const lines = new RuleText(text);
  for (const { ports } of values) for (const port of ports) addFrontends(lines, port, table);
  return text.bytes;
}

function addNatLines(lines: RuleText, { ports }: ServiceBlock, isWritten: boolean): void {
  for (const port of ports) {
    addFrontends(lines, port, "nat");
    if (isWritten) port.write(lines);
  }
}

function addFrontends(lines: RuleText, { frontends }: PortBlock, table: TableName): void {
  for (const { chain, rule } of frontends) {
    const shared = sharedChains[chain];
    if (shared.table === table) lines.rule(shared.name, rule);
  }
}

function addChainLine(text: ByteText, name: string): void {
  text.add(":");
  text.add(name);
  text.add(" - [0:0]\n");
}

function addRules(lines: RuleText, { name, rules }: Chain): void {
  for (const rule of rules) lines.rule(name, rule);
}
