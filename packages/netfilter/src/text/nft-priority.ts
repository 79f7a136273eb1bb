import type { NftHookName } from "../ruleset/nft-table.ts";

/** The priorities that have a name; `dstnat` and `srcnat` have theirs at one hook only. */
const names: readonly { readonly name: string; readonly priority: number; readonly hook?: NftHookName }[] = [
  { name: "raw", priority: -300 },
  { name: "mangle", priority: -150 },
  { name: "dstnat", priority: -100, hook: "prerouting" },
  { name: "filter", priority: 0 },
  { name: "security", priority: 50 },
  { name: "srcnat", priority: 100, hook: "postrouting" },
];

/** As `nft list` prints it: by the name that is at most 10 away (`dstnat - 10`), else the number. */
export function formatNftPriority(priority: number, hook: NftHookName): string {
  const near = names.find((known) => (known.hook ?? hook) === hook && Math.abs(priority - known.priority) <= 10);
  if (near === undefined) return String(priority);
  const offset = priority - near.priority;
  if (offset === 0) return near.name;
  return `${near.name} ${offset > 0 ? "+" : "-"} ${Math.abs(offset)}`;
}

/** The number behind a name, whatever the hook; undefined for an unknown one. */
export function namedNftPriority(name: string): number | undefined {
  return names.find((known) => known.name === name)?.priority;
}
