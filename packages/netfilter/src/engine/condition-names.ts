import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { IpvsMatch, NthMatch, RecentMatch } from "../ruleset/match.ts";
import type { DeviceCondition } from "../ruleset/rule.ts";
import type { DeviceInput } from "./address-book.ts";
import type { SetStore } from "./set-store.ts";

/**
 * The numbers that a host's code uses for what its rules name: device conditions, recent and ipvs matches, nfacct counters,
 * reject types. Both families of a host share them.
 */
export class ConditionNames {
  readonly sets: SetStore;
  readonly recents: RecentMatch[] = [];
  readonly ipvs: IpvsMatch[] = [];
  readonly accountNames: string[] = [];
  /** Of each `statistic --mode nth` its count. */
  readonly nthCounts: number[] = [];
  readonly #nthIds = new Map<NthMatch, number>();
  /** Packets and bytes of each nfacct counter. */
  accounts: Float64Array = new Float64Array(16);
  readonly #deviceConditions: DeviceCondition[] = [];
  readonly #deviceIds = new Map<string, number>();
  #devices: readonly string[] = [];
  /** Of each device condition, by device: does it hold? The last one is for no device at all. */
  #deviceHits: Uint8Array[] = [];

  constructor(sets: SetStore) {
    this.sets = sets;
  }

  setDevices(devices: readonly DeviceInput[]): void {
    this.#devices = devices.map((device) => device.name);
    this.#deviceHits = this.#deviceConditions.map((condition) => this.#hitsOf(condition));
  }

  deviceHolds(condition: number, device: number): boolean {
    const hits = this.#deviceHits[condition]!;
    return hits[device < 0 ? hits.length - 1 : device] === 1;
  }

  deviceId(condition: DeviceCondition): number {
    const key = `${condition.negated ? "!" : ""}${condition.name}`;
    const known = this.#deviceIds.get(key);
    if (known !== undefined) return known;
    this.#deviceIds.set(key, this.#deviceConditions.length);
    this.#deviceHits.push(this.#hitsOf(condition));
    return this.#deviceConditions.push(condition) - 1;
  }

  setId(name: string): number {
    if (!this.sets.has(name)) {
      throw new ParseError(`set ${name} does not exist`, { hint: "load the sets before the rules that ask them" });
    }
    return this.sets.idOf(name);
  }

  recentId(match: RecentMatch): number {
    return this.recents.push(match) - 1;
  }

  ipvsId(match: IpvsMatch): number {
    return this.ipvs.push(match) - 1;
  }

  /** A match that is compiled again goes on from its count; the first count comes round at packet number `--packet`. */
  nthId(match: NthMatch): number {
    const known = this.#nthIds.get(match);
    if (known !== undefined) return known;
    this.#nthIds.set(match, this.nthCounts.length);
    return this.nthCounts.push(match.every - 1 - match.packet) - 1;
  }

  accountId(name: string): number {
    const known = this.accountNames.indexOf(name);
    if (known >= 0) return known;
    const id = this.accountNames.push(name) - 1;
    if (id * 2 >= this.accounts.length) {
      const grown = new Float64Array(this.accounts.length * 2);
      grown.set(this.accounts);
      this.accounts = grown;
    }
    return id;
  }

  #hitsOf(condition: DeviceCondition): Uint8Array {
    const { name, negated } = condition;
    const prefix = name.endsWith("+") ? name.slice(0, -1) : undefined;
    const holds = (device: string): boolean => (prefix === undefined ? device === name : device.startsWith(prefix));
    const hits = this.#devices.map((device) => (holds(device) !== negated ? 1 : 0));
    return Uint8Array.from([...hits, negated ? 1 : 0]);
  }

  fork(sets: SetStore): ConditionNames {
    const copy = new ConditionNames(sets);
    copy.recents.push(...this.recents);
    copy.ipvs.push(...this.ipvs);
    copy.accountNames.push(...this.accountNames);
    copy.nthCounts.push(...this.nthCounts);
    for (const [match, id] of this.#nthIds) copy.#nthIds.set(match, id);
    copy.accounts = this.accounts.slice();
    copy.#devices = this.#devices;
    copy.#deviceConditions.push(...this.#deviceConditions);
    for (const [key, id] of this.#deviceIds) copy.#deviceIds.set(key, id);
    copy.#deviceHits = [...this.#deviceHits];
    return copy;
  }
}
