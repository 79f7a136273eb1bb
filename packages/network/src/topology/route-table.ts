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
  /** Attachments of the device's segment; more than one for a multipath route, none for a destination that is on-link. */
  readonly nextHops: readonly number[];
}

/** Routes, found by longest prefix; of two routes to one range the first stays. */
export class RouteTable {
  readonly #routes: Route[] = [];
  readonly #table = new PrefixTable();

  add(route: Route): void {
    this.#table.add(route.range, this.#routes.push(route) - 1);
  }

  find(v6: boolean, a: number, b: number, c: number, d: number): Route | undefined {
    const index = this.#table.find(v6, a, b, c, d);
    return index < 0 ? undefined : this.#routes[index];
  }
}
