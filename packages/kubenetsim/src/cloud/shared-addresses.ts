import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { IpAddress } from "@kubenetsim/core/net/address";
import type { LoadBalancer } from "@kubenetsim/network/balancer/load-balancer";

/**
 * Services' load balancers by name. Services may share an address with ports of their own, as some clouds allow: the first by name
 * has it, and its load balancer has the listeners of the others, too.
 */
export class SharedAddresses {
  readonly #made = new Map<ObjectKey, LoadBalancer>();
  readonly #sharers = new Map<IpAddress, Set<ObjectKey>>();

  /** All that stand in the network, in the order of their names. */
  values(): LoadBalancer[] {
    const keys = [...this.#made.keys()].sort((a, b) => (a < b ? -1 : 1));
    return keys.map((key) => this.#standing(key)).filter((balancer) => balancer !== undefined);
  }

  /** Puts one in, or takes it out. Tells which others are configured otherwise now, or that they have other places in the network. */
  set(key: ObjectKey, made: LoadBalancer | undefined): readonly LoadBalancer[] | "places" {
    const before = this.#made.get(key);
    if (before !== undefined) for (const address of before.addresses) this.#leave(address, key);
    if (made === undefined) this.#made.delete(key);
    else {
      this.#made.set(key, made);
      for (const address of made.addresses) this.#join(address, key);
    }
    if (before?.mode !== made?.mode || before?.addresses.join() !== made?.addresses.join()) return "places";
    const touched = new Set(made?.addresses.map((address) => this.#first(address)));
    return [...touched].map((name) => this.#standing(name!)).filter((balancer) => balancer !== undefined);
  }

  /** With the addresses that are its own, and the listeners of those who share them; undefined for one that has none. */
  #standing(key: ObjectKey): LoadBalancer | undefined {
    const made = this.#made.get(key)!;
    const addresses = made.addresses.filter((address) => this.#first(address) === key);
    if (addresses.length === 0) return undefined;
    const others = new Set(addresses.flatMap((address) => [...this.#sharers.get(address)!]));
    others.delete(key);
    if (others.size === 0 && addresses.length === made.addresses.length) return made;
    const more = [...others].sort().flatMap((other) => this.#made.get(other)!.listeners);
    return { ...made, addresses, listeners: [...made.listeners, ...more] };
  }

  #first(address: IpAddress): ObjectKey | undefined {
    let first: ObjectKey | undefined;
    for (const key of this.#sharers.get(address) ?? []) if (first === undefined || key < first) first = key;
    return first;
  }

  #join(address: IpAddress, key: ObjectKey): void {
    const sharers = this.#sharers.get(address);
    if (sharers === undefined) this.#sharers.set(address, new Set([key]));
    else sharers.add(key);
  }

  #leave(address: IpAddress, key: ObjectKey): void {
    const sharers = this.#sharers.get(address);
    sharers?.delete(key);
    if (sharers?.size === 0) this.#sharers.delete(address);
  }
}
