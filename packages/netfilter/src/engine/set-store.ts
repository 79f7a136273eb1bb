import { wordMask } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { IpSet, IpSetChange } from "../ruleset/ip-set.ts";
import { parseSetMember } from "../text/ipset-member.ts";
import { ConditionNumbers } from "./condition-numbers.ts";
import { KeyTable } from "./key-table.ts";
import type { Packet } from "./packet.ts";

/** One set, ready for look-ups. Key: address, then protocol << 16 | port, then the second address, then its prefix. */
interface CompiledSet {
  readonly set: IpSet;
  readonly table: KeyTable;
  /** Prefix lengths of `hash:ip,port,net`, longest first. */
  readonly prefixes: readonly number[];
  readonly key: Int32Array;
}

/** The ipsets of a host by id; an id stays with a name for good. */
export class SetStore {
  readonly #numbers: ConditionNumbers;
  readonly #sets: (CompiledSet | undefined)[] = [];

  constructor(numbers: ConditionNumbers = new ConditionNumbers()) {
    this.#numbers = numbers;
  }

  /** By id, also of sets that are not there. */
  get names(): readonly string[] {
    return this.#numbers.sets;
  }

  /** Replaces all sets; one that is the same object as before is kept as it stands. */
  load(sets: readonly IpSet[]): void {
    const old = [...this.#sets];
    this.#sets.fill(undefined);
    for (const set of sets) {
      const id = this.idOf(set.name);
      this.#sets[id] = old[id]?.set === set ? old[id] : compile(set);
    }
  }

  /** Adds sets, or puts them in the place of those of their names. */
  put(sets: readonly IpSet[]): void {
    for (const set of sets) {
      const id = this.idOf(set.name);
      if (this.#sets[id]?.set !== set) this.#sets[id] = compile(set);
    }
  }

  /** Puts a set in the place of the one from which it came; costs what changed. Where that is not there nothing happens. */
  change({ before, after, added, removed }: IpSetChange): void {
    const id = this.idOf(before.name);
    const compiled = this.#sets[id];
    if (compiled?.set !== before) return;
    const table = compiled.table.fork();
    const prefixes = new Set(compiled.prefixes);
    for (const text of removed) table.remove(keyOf(after, text));
    for (const text of added) addEntry(after, text, table, prefixes);
    this.#sets[id] = compiledSet(after, table, prefixes);
  }

  destroy(names: readonly string[]): void {
    for (const name of names) if (this.has(name)) this.#sets[this.idOf(name)] = undefined;
  }

  idOf(name: string): number {
    const id = this.#numbers.setId(name);
    while (this.#sets.length <= id) this.#sets.push(undefined);
    return id;
  }

  has(name: string): boolean {
    const id = this.#numbers.knownSet(name);
    return id !== undefined && this.#sets[id] !== undefined;
  }

  sets(): readonly IpSet[] {
    return this.#sets.filter((set) => set !== undefined).map((compiled) => compiled.set);
  }

  /** Is the packet in the set? `directions`: two bits for each dimension, 1 src, 2 dst, first dimension lowest. */
  contains(id: number, directions: number, packet: Packet): boolean {
    const compiled = this.#sets[id];
    if (compiled === undefined) {
      throw new ParseError(`set ${this.names[id]} does not exist`, { hint: "load the sets before the packets" });
    }
    const { set, table, key } = compiled;
    const hasPort = packet.protocol === 6 || packet.protocol === 17 || packet.protocol === 132;
    if (set.type === "bitmap:port") {
      return hasPort && table.find1((directions & 1) === 1 ? packet.sourcePort : packet.destinationPort) >= 0;
    }
    if ((set.family === "IPv6") !== packet.v6) return false;
    const at = writeAddress(key, 0, directions & 1, packet);
    if (set.type === "hash:ip") return table.find(key) >= 0;
    if (!hasPort) return false;
    key[at] = (packet.protocol << 16) | ((directions >> 2) & 1 ? packet.sourcePort : packet.destinationPort);
    if (set.type === "hash:ip,port") return table.find(key) >= 0;
    writeAddress(key, at + 1, (directions >> 4) & 1, packet);
    return set.type === "hash:ip,port,ip" ? table.find(key) >= 0 : findNetwork(compiled, at + 1);
  }

  fork(): SetStore {
    const copy = new SetStore(this.#numbers);
    copy.#sets.push(...this.#sets);
    return copy;
  }
}

function writeAddress(key: Int32Array, at: number, source: number, packet: Packet): number {
  key[at] = source ? packet.src0 : packet.dst0;
  if (!packet.v6) return at + 1;
  key[at + 1] = source ? packet.src1 : packet.dst1;
  key[at + 2] = source ? packet.src2 : packet.dst2;
  key[at + 3] = source ? packet.src3 : packet.dst3;
  return at + 4;
}

/** Longest prefix first; masking a shorter one afterwards takes nothing back that it needs. */
function findNetwork(compiled: CompiledSet, at: number): boolean {
  const { table, key, prefixes } = compiled;
  const last = key.length - 1;
  for (const prefix of prefixes) {
    for (let i = at; i < last; i++) key[i] = key[i]! & wordMask(prefix, i - at);
    key[last] = prefix;
    if (table.find(key) >= 0) return true;
  }
  return false;
}

function compile(set: IpSet): CompiledSet {
  const words = set.family === "IPv4" ? 1 : 4;
  const widths = { "hash:ip": words, "hash:ip,port": words + 1, "hash:ip,port,ip": 2 * words + 1 };
  const width = set.type === "bitmap:port" ? 1 : set.type === "hash:ip,port,net" ? 2 * words + 2 : widths[set.type];
  const table = new KeyTable(width, set.entries.length);
  const prefixes = new Set<number>();
  for (const { text } of set.entries) addEntry(set, text, table, prefixes);
  return compiledSet(set, table, prefixes);
}

function addEntry(set: IpSet, text: string, table: KeyTable, prefixes: Set<number>): void {
  const key = keyOf(set, text);
  if (set.type === "hash:ip,port,net") prefixes.add(key.at(-1)!);
  table.add(key, 0);
}

function compiledSet(set: IpSet, table: KeyTable, prefixes: ReadonlySet<number>): CompiledSet {
  return { set, table, prefixes: [...prefixes].sort((a, b) => b - a), key: new Int32Array(table.width) };
}

function keyOf(set: IpSet, text: string): readonly number[] {
  return parseSetMember(set, text, { source: `set ${set.name}`, line: 1, column: 1 }).key;
}
