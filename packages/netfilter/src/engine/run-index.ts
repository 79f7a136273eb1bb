import { maskWords } from "@kubenetsim/core/net/cidr";
import type { Rule } from "../ruleset/rule.ts";
import { headerLength, ruleFlag } from "./code-layout.ts";
import { KeyTable } from "./key-table.ts";
import type { Packet } from "./packet.ts";
import { type RunKey, runKey, shapeOf } from "./rule-runs.ts";

/** Rules of a run that ask about the same fields. */
interface Shape {
  readonly mask: readonly number[];
  readonly hasDestination: boolean;
  readonly hasProtocol: boolean;
  readonly hasPort: boolean;
  /** Key → first rule with it. */
  readonly rules: KeyTable;
  /** Key without the port → group: the rules whose address part a packet meets. Used where the port costs matches. */
  readonly groups: KeyTable;
  /** Of each group: its rules' positions, and the matches that all before each cost together (one more for all). */
  readonly positions: Int32Array[];
  readonly costs: Int32Array[];
}

/**
 * The index of one run: which of its rules is the next that a packet can match, and what the kernel would have evaluated on
 * the way there. It only passes over rules that cannot match; the one that it finds is then compared like any other.
 */
export class RunIndex {
  readonly firstRule: number;
  readonly count: number;
  /** Where each rule's record stands, and behind the last one where the run ends. */
  readonly pcs: Int32Array;
  /** Matches of the rules that the last `find` passed over. */
  skippedMatches = 0;
  readonly #shapes: readonly Shape[];
  /** The next rule with the same key, or -1. */
  readonly #next: Int32Array;
  /** The matches that the rules before it in its group cost together. */
  readonly #costBefore: Int32Array;
  readonly #key: Int32Array;
  /** What `walk` compares; built when a packet first walks here, and empty if some rule names more than one address. */
  #destinations: Int32Array | undefined;

  constructor(rules: readonly Rule[], firstRule: number, pcs: Int32Array, width: number) {
    this.firstRule = firstRule;
    this.count = rules.length;
    this.pcs = pcs;
    this.#next = new Int32Array(rules.length).fill(-1);
    this.#costBefore = new Int32Array(rules.length);
    this.#key = new Int32Array(width + 1);
    this.#shapes = this.#build(
      rules.map((rule) => runKey(rule)!),
      width,
    );
  }

  /** The first rule at `from` or later (counted in the run) whose key the packet has; `count` for none. */
  find(packet: Packet, from: number): number {
    const shapes = this.#shapes;
    if (from === 0 && shapes.length === 1) return this.#findFirst(shapes[0]!, packet);
    let found = this.count;
    let foundShape = -1;
    for (let i = 0; i < shapes.length; i++) {
      let at = this.#lookUp(shapes[i]!, packet, true);
      while (at >= 0 && at < from) at = this.#next[at]!;
      if (at >= 0 && at < found) {
        found = at;
        foundShape = i;
      }
    }
    let skipped = 0;
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i]!;
      if (!shape.hasPort) continue;
      if (i === foundShape && from === 0) skipped += this.#costBefore[found]!;
      else skipped += this.#costBetween(shape, packet, from, found);
    }
    this.skippedMatches = skipped;
    return found;
  }

  /**
   * Without the index: compares the destinations of all rules from `from` on, one after the other, and gives the first that
   * is the packet's; `count` for none, `from` where not all rules name one address. They stand side by side in an array of
   * their own, because ten times as much is read when each is fetched from its rule's record.
   */
  walk(code: Int32Array, destination: number, from: number): number {
    this.#destinations ??= plainDestinations(code, this.pcs, this.count);
    const destinations = this.#destinations;
    if (destinations.length === 0) return from;
    const found = destinations.indexOf(destination, from);
    return found < 0 ? this.count : found;
  }

  /** The common case: the whole run, all rules of one shape. */
  #findFirst(shape: Shape, packet: Packet): number {
    const found = this.#lookUp(shape, packet, true);
    if (found >= 0) {
      this.skippedMatches = this.#costBefore[found]!;
      return found;
    }
    this.skippedMatches = shape.hasPort ? this.#costBetween(shape, packet, 0, this.count) : 0;
    return this.count;
  }

  #costBetween(shape: Shape, packet: Packet, from: number, to: number): number {
    const group = this.#lookUp(shape, packet, false);
    if (group < 0) return 0;
    const positions = shape.positions[group]!;
    const costs = shape.costs[group]!;
    return costs[rank(positions, to)]! - (from === 0 ? 0 : costs[rank(positions, from)]!);
  }

  /** A rule (with the port) or a group (without). */
  #lookUp(shape: Shape, packet: Packet, withPort: boolean): number {
    const protocol = shape.hasProtocol ? packet.protocol << 16 : 0;
    const last = withPort && shape.hasPort ? protocol | packet.destinationPort : protocol;
    const table = withPort ? shape.rules : shape.groups;
    const mask = shape.mask;
    if (this.#key.length === 2) return table.find2(shape.hasDestination ? packet.dst0 & mask[0]! : 0, last);
    const key = this.#key;
    key[0] = packet.dst0 & mask[0]!;
    key[1] = packet.dst1 & mask[1]!;
    key[2] = packet.dst2 & mask[2]!;
    key[3] = packet.dst3 & mask[3]!;
    key[4] = last;
    return table.find(key);
  }

  #build(keys: readonly RunKey[], width: number): Shape[] {
    return [...groupByShape(keys).values()].map((members) => this.#buildShape(members, keys, width));
  }

  #buildShape(members: readonly number[], keys: readonly RunKey[], width: number): Shape {
    const sample = keys[members[0]!]!;
    const none = Array<number>(width).fill(0);
    const hasDestination = sample.words.length > 0;
    const rules = new KeyTable(width + 1, members.length);
    const groups = new KeyTable(width + 1, Math.min(members.length, 1024));
    const lists: number[][] = [];
    const last = new Map<number, number>();
    for (const member of members) {
      const key = keys[member]!;
      const words = hasDestination ? key.words : none;
      const first = rules.add([...words, (key.protocol << 16) | Math.max(0, key.port)], member);
      if (first >= 0) this.#next[last.get(first) ?? first] = member;
      if (first >= 0) last.set(first, member);
      if (key.port < 0) continue;
      const known = groups.add([...words, key.protocol << 16], lists.length);
      if (known < 0) lists.push([member]);
      else lists[known]!.push(member);
    }
    const costs = lists.map((list) => this.#accumulate(list, keys));
    const mask = hasDestination ? maskWords(Array<number>(width).fill(-1), sample.prefix) : none;
    const fields = { hasDestination, hasProtocol: sample.protocol !== 0, hasPort: sample.port >= 0 };
    return { mask, ...fields, rules, groups, positions: lists.map((list) => Int32Array.from(list)), costs };
  }

  #accumulate(list: readonly number[], keys: readonly RunKey[]): Int32Array {
    const costs = new Int32Array(list.length + 1);
    for (const [i, member] of list.entries()) {
      this.#costBefore[member] = costs[i]!;
      costs[i + 1] = costs[i]! + keys[member]!.cost;
    }
    return costs;
  }
}

/** One word for each rule, from the records themselves; none at all unless every rule names one IPv4 address. */
function plainDestinations(code: Int32Array, pcs: Int32Array, count: number): Int32Array {
  const destinations = new Int32Array(count);
  const fields = ruleFlag.destination | ruleFlag.destinationMasked | ruleFlag.destinationNegated;
  for (let i = 0; i < count; i++) {
    const pc = pcs[i]!;
    if ((code[pc]! & fields) !== ruleFlag.destination) return new Int32Array(0);
    destinations[i] = code[pc + headerLength]!;
  }
  return destinations;
}

function groupByShape(keys: readonly RunKey[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [index, key] of keys.entries()) {
    const shape = shapeOf(key);
    const group = groups.get(shape);
    if (group === undefined) groups.set(shape, [index]);
    else group.push(index);
  }
  return groups;
}

/** How many of the ascending positions lie before `position`. */
function rank(positions: Int32Array, position: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle]! < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
