import type { IpvsMatch, NthMatch, RecentMatch } from "../ruleset/match.ts";
import type { DeviceCondition } from "../ruleset/rule.ts";

/**
 * The numbers that code uses for what its rules name: device conditions, recent, ipvs and nth matches, nfacct counters, sets.
 * They only grow, so that many hosts can run the same code; what a host knows of each is its own (`ConditionNames`).
 */
export class ConditionNumbers {
  readonly recents: RecentMatch[] = [];
  readonly ipvs: IpvsMatch[] = [];
  readonly nths: NthMatch[] = [];
  readonly accounts: string[] = [];
  readonly devices: DeviceCondition[] = [];
  readonly sets: string[] = [];
  readonly #nthIds = new Map<NthMatch, number>();
  readonly #deviceIds = new Map<string, number>();
  readonly #setIds = new Map<string, number>();

  recentId(match: RecentMatch): number {
    return this.recents.push(match) - 1;
  }

  ipvsId(match: IpvsMatch): number {
    return this.ipvs.push(match) - 1;
  }

  /** A match that is compiled again goes on from its count. */
  nthId(match: NthMatch): number {
    return numbered(this.nths, this.#nthIds, match, match);
  }

  accountId(name: string): number {
    const known = this.accounts.indexOf(name);
    return known >= 0 ? known : this.accounts.push(name) - 1;
  }

  deviceId(condition: DeviceCondition): number {
    return numbered(this.devices, this.#deviceIds, `${condition.negated ? "!" : ""}${condition.name}`, condition);
  }

  setId(name: string): number {
    return numbered(this.sets, this.#setIds, name, name);
  }

  /** Undefined for a name that has none yet. */
  knownSet(name: string): number | undefined {
    return this.#setIds.get(name);
  }
}

function numbered<K, V>(list: V[], ids: Map<K, number>, key: K, value: V): number {
  const known = ids.get(key);
  if (known !== undefined) return known;
  ids.set(key, list.length);
  return list.push(value) - 1;
}
