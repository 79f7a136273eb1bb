import type { IpAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrAddress, cidrSize } from "@kubenetsim/core/net/cidr";

/** The modelled cloud's addresses for load balancers: TEST-NET-3, which is nobody's. */
export const defaultLoadBalancerRange = "203.0.113.0/24";

/** Gives the lowest free addresses of a range, less the network's own and its broadcast address. */
export class AddressPool {
  readonly #range: Cidr;
  readonly #taken: Set<string>;
  #offset = 1;

  constructor(range: Cidr, taken: Iterable<string>) {
    this.#range = range;
    this.#taken = new Set(taken);
  }

  /** Undefined when the range is full. */
  next(): IpAddress | undefined {
    for (const last = cidrSize(this.#range) - 2; this.#offset <= last; this.#offset++) {
      const address = cidrAddress(this.#range, this.#offset);
      if (!this.#taken.has(address)) return address;
    }
    return undefined;
  }

  take(address: IpAddress): void {
    this.#taken.add(address);
  }
}
