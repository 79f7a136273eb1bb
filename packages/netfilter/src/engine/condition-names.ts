import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { IpvsMatch, NthMatch, RecentMatch } from "../ruleset/match.ts";
import type { DeviceCondition } from "../ruleset/rule.ts";
import type { DeviceInput } from "./address-book.ts";
import { ConditionNumbers } from "./condition-numbers.ts";
import type { SetStore } from "./set-store.ts";

/** What a host knows of the conditions that its code has numbers for. Both families of a host share them. */
export class ConditionNames {
  readonly sets: SetStore;
  readonly #numbers: ConditionNumbers;
  /** Packets and bytes of each nfacct counter; none where no packet has met one. */
  #accounts: Float64Array = new Float64Array(0);
  /** Of each `statistic --mode nth` its count; none where no packet has met one. */
  readonly #nthCounts: (number | undefined)[] = [];
  #devices: readonly string[] = [];
  /** Of each device condition, by device: does it hold? The last one is for no device at all. */
  #deviceHits: Uint8Array[] = [];

  constructor(sets: SetStore, numbers: ConditionNumbers = new ConditionNumbers()) {
    this.sets = sets;
    this.#numbers = numbers;
  }

  setDevices(devices: readonly DeviceInput[]): void {
    this.#devices = devices.map((device) => device.name);
    this.#deviceHits = [];
  }

  deviceHolds(condition: number, device: number): boolean {
    const hits = this.#deviceHits[condition] ?? this.#meetDevices(condition);
    return hits[device < 0 ? hits.length - 1 : device] === 1;
  }

  deviceId(condition: DeviceCondition): number {
    return this.#numbers.deviceId(condition);
  }

  setId(name: string): number {
    if (!this.sets.has(name)) {
      throw new ParseError(`set ${name} does not exist`, { hint: "load the sets before the rules that ask them" });
    }
    return this.sets.idOf(name);
  }

  recentId(match: RecentMatch): number {
    return this.#numbers.recentId(match);
  }

  recent(id: number): RecentMatch {
    return this.#numbers.recents[id]!;
  }

  ipvsId(match: IpvsMatch): number {
    return this.#numbers.ipvsId(match);
  }

  ipvs(id: number): IpvsMatch {
    return this.#numbers.ipvs[id]!;
  }

  nthId(match: NthMatch): number {
    return this.#numbers.nthId(match);
  }

  /** The next packet's count, from 0 to `last`; the first one comes round to 0 at packet number `--packet`. */
  countNth(id: number, last: number): number {
    const { every, packet } = this.#numbers.nths[id]!;
    const before = this.#nthCounts[id] ?? every - 1 - packet;
    const count = before === last ? 0 : before + 1;
    this.#nthCounts[id] = count;
    return count;
  }

  accountId(name: string): number {
    return this.#numbers.accountId(name);
  }

  /** Counts a packet in an nfacct counter. */
  account(id: number, bytes: number): void {
    if (id * 2 >= this.#accounts.length) {
      const grown = new Float64Array(Math.max(16, id * 4));
      grown.set(this.#accounts);
      this.#accounts = grown;
    }
    this.#accounts[id * 2]! += 1;
    this.#accounts[id * 2 + 1]! += bytes;
  }

  /** Of each nfacct counter that a packet has met. */
  accounts(): Map<string, { readonly packets: number; readonly bytes: number }> {
    const met = new Map<string, { readonly packets: number; readonly bytes: number }>();
    for (const [id, name] of this.#numbers.accounts.entries()) {
      const packets = this.#accounts[id * 2] ?? 0;
      if (packets > 0) met.set(name, { packets, bytes: this.#accounts[id * 2 + 1]! });
    }
    return met;
  }

  #meetDevices(condition: number): Uint8Array {
    const { devices } = this.#numbers;
    while (this.#deviceHits.length <= condition) {
      this.#deviceHits.push(this.#hitsOf(devices[this.#deviceHits.length]!));
    }
    return this.#deviceHits[condition]!;
  }

  #hitsOf(condition: DeviceCondition): Uint8Array {
    const { name, negated } = condition;
    const prefix = name.endsWith("+") ? name.slice(0, -1) : undefined;
    const holds = (device: string): boolean => (prefix === undefined ? device === name : device.startsWith(prefix));
    const hits = this.#devices.map((device) => (holds(device) !== negated ? 1 : 0));
    return Uint8Array.from([...hits, negated ? 1 : 0]);
  }

  fork(sets: SetStore): ConditionNames {
    const copy = new ConditionNames(sets, this.#numbers);
    copy.#accounts = this.#accounts.slice();
    copy.#nthCounts.push(...this.#nthCounts);
    copy.#devices = this.#devices;
    return copy;
  }
}
