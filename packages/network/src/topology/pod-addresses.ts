import { type AddressWords, formatAddress } from "@kubenetsim/core/net/address";
import type { AttachedPod } from "./pod-host.ts";

/** Makes the network find a Pod by one of its addresses, or no longer. */
export interface AddressSwitch {
  announce(pod: AttachedPod, address: AddressWords): void;
  withdraw(pod: AttachedPod, address: AddressWords): void;
}

/**
 * Which Pod has an address. Of several that claim one (which a cluster never hands out), the first by name has it, in whatever
 * order they came.
 */
export class PodAddresses {
  readonly #holders = new Map<string, AttachedPod>();
  /** All that claim an address, where it is more than one. */
  readonly #contested = new Map<string, AttachedPod[]>();

  claim(pod: AttachedPod, address: AddressWords, by: AddressSwitch): void {
    const text = formatAddress(address);
    const holder = this.#holders.get(text);
    if (holder === pod) return;
    if (holder !== undefined) {
      const claims = this.#contested.get(text) ?? [holder];
      this.#contested.set(text, [...claims, pod].sort(byName));
    }
    this.#settle(text, address, by, holder === undefined || byName(pod, holder) < 0 ? pod : holder);
  }

  release(pod: AttachedPod, address: AddressWords, by: AddressSwitch): void {
    const text = formatAddress(address);
    const claims = this.#contested.get(text)?.filter((other) => other !== pod);
    if (claims === undefined || claims.length < 2) this.#contested.delete(text);
    else this.#contested.set(text, claims);
    const holder = this.#holders.get(text);
    this.#settle(text, address, by, holder === pod ? claims?.[0] : holder);
  }

  #settle(text: string, address: AddressWords, by: AddressSwitch, next: AttachedPod | undefined): void {
    const holder = this.#holders.get(text);
    if (holder === next) return;
    if (holder !== undefined) by.withdraw(holder, address);
    if (next === undefined) this.#holders.delete(text);
    else {
      this.#holders.set(text, next);
      by.announce(next, address);
    }
  }
}

function byName(a: AttachedPod, b: AttachedPod): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}
