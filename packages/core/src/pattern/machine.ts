import type { Place } from "./pattern-tree.ts";
import type { Program } from "./program.ts";

/** Where the whole and each group begin and end, two by two; undefined for a group that has caught nothing. */
export type Slots = readonly (number | undefined)[];

/** A place in the program that is reached, and what was caught on the way. */
interface Thread {
  readonly at: number;
  readonly slots: Slots;
}

/** How much a search has cost, counted in instructions looked at. */
export interface SearchCost {
  instructions: number;
}

/** No character: before the first and behind the last. */
const outside = -1;

/**
 * Finds the leftmost match, of those that begin there the one that a search that tries one way after the other would find first
 * (Go regexp/exec.go, the Pike machine). Each instruction is looked at once per place at most, so that the cost is bounded by
 * their number times the text's length.
 */
export function search(program: Program, text: string, cost: SearchCost = { instructions: 0 }): Slots | undefined {
  const seen = new Int32Array(program.instructions.length).fill(-1);
  let threads: Thread[] = [];
  let found: Slots | undefined;
  let before = outside;
  for (let place = 0; place <= text.length; ) {
    const code = text.codePointAt(place) ?? outside;
    const begins = found === undefined ? [...threads, { at: program.start, slots: [place] }] : threads;
    if (begins.length === 0) break;
    const reached: Thread[] = [];
    for (const begin of begins) {
      const match = follow(program, begin, { place, before, after: code, seen, reached, cost });
      if (match === undefined) continue;
      // What comes later is wanted less.
      found = match;
      break;
    }
    threads = stepped(program, reached, code);
    before = code;
    place += code > 0xffff ? 2 : 1;
  }
  return found;
}

/** Where the machine stands in the text, and what it has seen and reached there. */
interface Step {
  readonly place: number;
  readonly before: number;
  readonly after: number;
  /** By instruction, the last place at which it was looked at. */
  readonly seen: Int32Array;
  readonly reached: Thread[];
  readonly cost: SearchCost;
}

/** Goes on from a thread to all that is reached without a character, the preferred ways first; to the match if there is one. */
function follow({ instructions }: Program, begin: Thread, step: Step): Slots | undefined {
  const { place, seen, reached, cost } = step;
  const open = [begin];
  for (let thread = open.pop(); thread !== undefined; thread = open.pop()) {
    const { at, slots } = thread;
    if (seen[at] === place) continue;
    seen[at] = place;
    cost.instructions++;
    const instruction = instructions[at]!;
    if (instruction.kind === "match") return withSlot(slots, 1, place);
    if (instruction.kind === "character") reached.push(thread);
    else if (instruction.kind === "split") {
      open.push({ at: instruction.second, slots }, { at: instruction.first, slots });
    } else if (instruction.kind === "save") {
      open.push({ at: instruction.next, slots: withSlot(slots, instruction.slot, place) });
    } else if (holds(instruction.place, step)) open.push({ at: instruction.next, slots });
  }
  return undefined;
}

function stepped({ instructions }: Program, reached: readonly Thread[], code: number): Thread[] {
  const next: Thread[] = [];
  for (const { at, slots } of reached) {
    const instruction = instructions[at]!;
    if (code !== outside && instruction.kind === "character" && instruction.takes(code)) {
      next.push({ at: instruction.next, slots });
    }
  }
  return next;
}

function withSlot(slots: Slots, slot: number, place: number): Slots {
  const changed = [...slots];
  changed[slot] = place;
  return changed;
}

function holds(place: Place, { before, after }: Step): boolean {
  switch (place) {
    case "text start":
      return before === outside;
    case "text end":
      return after === outside;
    case "line start":
      return before === outside || before === 10;
    case "line end":
      return after === outside || after === 10;
    case "word edge":
      return isWord(before) !== isWord(after);
    case "no word edge":
      return isWord(before) === isWord(after);
  }
}

function isWord(code: number): boolean {
  return code !== outside && /\w/.test(String.fromCodePoint(code));
}
