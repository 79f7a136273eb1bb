import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Host } from "../topology/host.ts";
import type { Route } from "../topology/route-table.ts";
import { deviceAddress } from "./source-address.ts";

/** `sourceAddress` for a host that sends many packets: what it has chosen for a gateway it keeps, and builds nothing. */
export class ChosenSource {
  readonly #host: Host;
  #route: Route | undefined;
  #source: AddressWords | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  to(destination: AddressWords): AddressWords | undefined {
    const v6 = destination.length === 4;
    const host = this.#host;
    const a = destination[0]!;
    const b = v6 ? destination[1]! : 0;
    const c = v6 ? destination[2]! : 0;
    const d = v6 ? destination[3]! : 0;
    if (host.localDevice(v6, a, b, c, d) >= 0) return destination;
    const route = host.route(v6, a, b, c, d);
    if (route?.gateway === undefined) return route && deviceAddress(host, route.device, destination);
    if (this.#route !== route) {
      this.#route = route;
      this.#source = deviceAddress(host, route.device, route.gateway);
    }
    return this.#source;
  }
}
