import type { IpFamily } from "@kubenetsim/core/net/address";
import type { IpSet, IpSetChange, IpSetEntry } from "@kubenetsim/netfilter/ruleset/ip-set";
import { type Difference, SortedMap } from "../snapshot/sorted-map.ts";
import type { IpvsBlock } from "./ipvs-block.ts";
import { kernelSetName, setCatalog } from "./set-catalog.ts";

/**
 * What Services put into KUBE-LOOP-BACK, the one set that endpoints make, by `entry namespace/name`: an entry for which
 * several Services ask stays until the last of them goes.
 */
export type Hairpins = SortedMap<IpSetEntry>;

const name = "KUBE-LOOP-BACK";
const none: readonly IpSetEntry[] = [];

export function hairpinsOf(block: IpvsBlock | undefined): readonly IpSetEntry[] {
  return block?.entries.find(({ set }) => set === name)?.entries ?? none;
}

export function gatherHairpins(blocks: SortedMap<IpvsBlock>): Hairpins {
  const all = new Map<string, IpSetEntry>();
  for (const { keys, values } of blocks.leaves) {
    for (const [i, block] of values.entries()) {
      for (const entry of hairpinsOf(block)) putFirst(all, `${entry.text} ${keys[i]}`, entry);
    }
  }
  return SortedMap.from(all);
}

/** The same after some Services changed; costs what changed. */
export function updateHairpins(hairpins: Hairpins, changes: readonly Difference<IpvsBlock>[]): Hairpins {
  const altered = new Map<string, IpSetEntry | undefined>();
  for (const { key, before, after } of changes) {
    const old = new Set(hairpinsOf(before).map(({ text }) => text));
    const now = new Set(hairpinsOf(after).map(({ text }) => text));
    for (const text of old) if (!now.has(text)) altered.set(`${text} ${key}`, undefined);
    for (const entry of hairpinsOf(after)) if (!old.has(entry.text)) putFirst(altered, `${entry.text} ${key}`, entry);
  }
  return hairpins.with(altered);
}

/** Of two ports of a Service that ask for one entry the first counts. */
function putFirst(entries: Map<string, IpSetEntry | undefined>, key: string, entry: IpSetEntry): void {
  if (!entries.has(key)) entries.set(key, entry);
}

/** The set in the kernel; its entries are listed when somebody reads them. */
export function hairpinSet(hairpins: Hairpins, family: IpFamily): IpSet {
  let entries: readonly IpSetEntry[] | undefined;
  return {
    name: kernelSetName(name, family),
    type: setCatalog[name].type,
    family,
    get entries() {
      entries ??= distinct(hairpins.values());
      return entries;
    },
  };
}

/** They come sorted by text. */
function distinct(entries: readonly IpSetEntry[]): IpSetEntry[] {
  return entries.filter(({ text }, i) => i === 0 || entries[i - 1]!.text !== text);
}

/** What came into the set and what went, given the Services that changed. */
export function hairpinChange(
  before: { readonly set: IpSet; readonly hairpins: Hairpins },
  after: { readonly set: IpSet; readonly hairpins: Hairpins },
  changes: readonly Difference<IpvsBlock>[],
): IpSetChange {
  const touched = changes.flatMap((change) => [...hairpinsOf(change.before), ...hairpinsOf(change.after)]);
  const added: string[] = [];
  const removed: string[] = [];
  for (const text of new Set(touched.map((entry) => entry.text))) {
    const was = isIn(before.hairpins, text);
    const is = isIn(after.hairpins, text);
    if (is && !was) added.push(text);
    if (was && !is) removed.push(text);
  }
  return { before: before.set, after: after.set, added, removed };
}

function isIn(hairpins: Hairpins, text: string): boolean {
  return hairpins.firstFrom(`${text} `)?.startsWith(`${text} `) === true;
}
