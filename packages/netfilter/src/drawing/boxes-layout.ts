import type { RuleBox, RuleGroup, RuleLine } from "./rule-boxes.ts";

/** Boxes of a group that are drawn. */
export const drawnBoxes = 40;
/** Lines of a box that are drawn: the first, and the last, where chains often say what becomes of all others. */
export const drawnLines = 8;
/** Boxes deeper than this stand below each other. */
const deepest = 7;

/** A box at its place: boxes stand one below the other, in this order. */
export interface PlacedBox {
  readonly box: RuleBox;
  /** How many jumps from where packets come in. */
  readonly depth: number;
  /** The place of the box that leads here; -1 for none. */
  readonly parent: number;
  readonly shown: readonly { readonly line: RuleLine; readonly number: number }[];
  readonly hidden: number;
  /** `from rule 3 of KUBE-SERVICES and 2 more`. */
  readonly by: string;
}

export interface Layout {
  readonly placed: readonly PlacedBox[];
  /** Titles of boxes with nothing in them. */
  readonly empty: readonly string[];
  /** How many boxes there are beyond the limit, or that only lines beyond the limit lead to. */
  readonly omitted: number;
}

/** Every box below the first one that leads to it, from the base chains on; then those that nothing leads to. */
export function layOut({ boxes }: RuleGroup): Layout {
  const byName = new Map(boxes.map((box) => [box.name, box]));
  const jumps = jumpsTo(boxes);
  const seen = new Set<string>();
  const placed: PlacedBox[] = [];
  const place = (box: RuleBox, depth: number, parent: number, rule: number): void => {
    if (seen.has(box.name) || placed.length >= drawnBoxes || isEmpty(box, jumps)) return;
    seen.add(box.name);
    const shown = linesOf(box);
    const from = parent < 0 ? undefined : { box: placed[parent]!.box, rule };
    const by = from === undefined ? "" : comesFrom(from, jumps.get(box.name)! - 1);
    const at = placed.length;
    placed.push({ box, depth: Math.min(depth, deepest), parent, shown, hidden: box.lines.length - shown.length, by });
    for (const { line, number } of shown) {
      for (const name of line.to) {
        const next = byName.get(name);
        if (next !== undefined) place(next, depth + 1, at, number);
      }
    }
  };
  for (const box of boxes) if (box.kind === "base chain") place(box, 0, -1, 0);
  for (const box of boxes) if (!jumps.has(box.name)) place(box, 0, -1, 0);
  const empty = boxes.filter((box) => isEmpty(box, jumps));
  return { placed, empty: empty.map(({ title }) => title), omitted: boxes.length - placed.length - empty.length };
}

/** How many lines lead to each box. */
function jumpsTo(boxes: readonly RuleBox[]): ReadonlyMap<string, number> {
  const jumps = new Map<string, number>();
  for (const { lines } of boxes) {
    for (const { to } of lines) for (const name of to) jumps.set(name, (jumps.get(name) ?? 0) + 1);
  }
  return jumps;
}

/** A virtual server without real servers is worth to be seen, and so is a set that a rule asks. */
function isEmpty({ name, kind, lines }: RuleBox, jumps: ReadonlyMap<string, number>): boolean {
  return lines.length === 0 && kind !== "virtual server" && !(kind !== "chain" && jumps.has(name));
}

function linesOf({ lines }: RuleBox): { readonly line: RuleLine; readonly number: number }[] {
  const numbered = lines.map((line, at) => ({ line, number: at + 1 }));
  return lines.length <= drawnLines ? numbered : [...numbered.slice(0, drawnLines - 1), numbered.at(-1)!];
}

function comesFrom({ box, rule }: { readonly box: RuleBox; readonly rule: number }, others: number): string {
  const more = others === 0 ? "" : ` and ${others} more`;
  return `from ${box.kind === "map" ? "element" : "rule"} ${rule} of ${box.title}${more}`;
}
