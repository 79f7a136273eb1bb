import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Hop } from "@kubenetsim/core/trace/trace";
import { AddressTable } from "./address-table.ts";
import { type Route, RouteTable } from "./route-table.ts";
import type { Segment } from "./segment.ts";
import { SocketTable } from "./socket-table.ts";

/** A network device of a host. */
export interface Device {
  readonly name: string;
  /** Where it leads; undefined for lo and dummy devices. */
  readonly segment: Segment | undefined;
  /** In the order in which they were added: the first of a family is its primary one. */
  readonly addresses: DeviceAddress[];
}

export interface DeviceAddress {
  readonly words: AddressWords;
  readonly prefix: number;
}

/** One network namespace: its devices, addresses, routes and listening sockets. */
export class Host {
  readonly id: number;
  /** As traces show it: `node n1`, `pod default/web-0`, `external 203.0.113.7`. */
  readonly name: string;
  readonly kind: Hop["hostKind"];
  readonly devices: Device[] = [];
  readonly sockets: SocketTable = new SocketTable();
  /** Own address → device. */
  readonly localAddresses: AddressTable = new AddressTable();
  readonly routes: RouteTable = new RouteTable();
  /** Routes that all nodes have alike (to each other's Pods); the longer prefix wins, its own route among equals. */
  sharedRoutes: RouteTable | undefined = undefined;
  /** net.ipv4.conf.all.route_localnet: 127.0.0.0/8 may come from and leave by other devices than lo. */
  routeLocalnet = false;

  constructor(id: number, kind: Hop["hostKind"], name: string) {
    this.id = id;
    this.kind = kind;
    this.name = name;
    const loopback = this.addDevice("lo", undefined);
    this.addAddress(loopback, [0x7f000001], 8);
    this.addAddress(loopback, [0, 0, 0, 1], 128);
  }

  addDevice(name: string, segment: Segment | undefined): number {
    return this.devices.push({ name, segment, addresses: [] }) - 1;
  }

  addAddress(device: number, words: AddressWords, prefix: number): void {
    this.devices[device]!.addresses.push({ words, prefix });
    this.localAddresses.add(words, device);
  }

  route(v6: boolean, a: number, b: number, c: number, d: number): Route | undefined {
    const own = this.routes.find(v6, a, b, c, d);
    const shared = this.sharedRoutes?.find(v6, a, b, c, d);
    if (shared === undefined || this.#leadsHere(shared)) return own;
    return own !== undefined && own.range.prefix >= shared.range.prefix ? own : shared;
  }

  #leadsHere(route: Route): boolean {
    const hop = route.nextHops[0];
    return hop !== undefined && this.devices[route.device]!.segment?.hosts[hop] === this.id;
  }

  /** The device that owns an address, or -1; all of 127.0.0.0/8 is lo's. */
  localDevice(v6: boolean, a: number, b: number, c: number, d: number): number {
    if (!v6 && a >>> 24 === 127) return loopbackDevice;
    return this.localAddresses.find(v6, a, b, c, d);
  }
}

/** Every host's first device is lo, and eth0 is its second. */
export const loopbackDevice = 0;
export const ethernetDevice = 1;
