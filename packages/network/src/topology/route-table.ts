import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import { PrefixTable } from "./prefix-table.ts";

/** Where packets for a range go. */
export interface Route {
  readonly range: Cidr;
  /** Index in the devices of the host that uses the table. */
  readonly device: number;
  /** The address shown as `via`; undefined on-link. */
  readonly gateway: AddressWords | undefined;
  /** Attachment of the device's segment, the only one of its list; none for a destination that is on-link. */
  readonly nextHops: readonly [] | readonly [number];
}

/** Routes, found by longest prefix; of two routes to one range the first stays. */
export class RouteTable {
  readonly #routes: Route[] = [];
  readonly #table = new PrefixTable();

  /** Returns its number, by which it can be removed. */
  add(route: Route): number {
    const index = this.#routes.push(route) - 1;
    this.#table.add(route.range, index);
    return index;
  }

  /** Takes the route to a range out, if it is the one of this number. Numbers are not used again. */
  remove(index: number, range: Cidr): void {
    this.#table.remove(range, index);
  }

  /** Those that are found, in the order in which they came. */
  all(): Route[] {
    return this.#routes.filter(({ range }, index) => this.#table.get(range) === index);
  }

  find(v6: boolean, a: number, b: number, c: number, d: number): Route | undefined {
    const index = this.#table.find(v6, a, b, c, d);
    return index < 0 ? undefined : this.#routes[index];
  }
}
