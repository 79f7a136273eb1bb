import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Hop } from "@kubenetsim/core/trace/trace";
import type { Balancer } from "../balancer/balancer.ts";
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
  readonly addresses: readonly DeviceAddress[];
}

export interface DeviceAddress {
  readonly words: AddressWords;
  readonly prefix: number;
}

/** Addresses of a device that many hosts have alike, as those of kube-ipvs0, with a table to find them by: its values say nothing. */
export interface SharedAddresses {
  readonly addresses: readonly DeviceAddress[];
  readonly table: AddressTable;
}

/** Every host's first device is lo, and eth0 is its second. */
export const loopbackDevice = 0;
export const ethernetDevice = 1;

const loopback: Device = {
  name: "lo",
  segment: undefined,
  addresses: [
    { words: [0x7f000001], prefix: 8 },
    { words: [0, 0, 0, 1], prefix: 128 },
  ],
};

/**
 * One network namespace: its devices, addresses, routes and listening sockets. There may be very many, nearly all of them
 * Pods with one address and the routes of their neighbours, so those cost little.
 */
export class Host {
  readonly id: number;
  /** As traces show it: `node n1`, `pod default/web-0`, `external 203.0.113.7`. */
  readonly name: string;
  readonly kind: Hop["hostKind"];
  devices: Device[] = [loopback];
  readonly sockets: SocketTable = new SocketTable();
  readonly routes: RouteTable;
  /** Routes that all nodes and the API server have alike (to the nodes' Pods); the longer prefix wins, its own route among equals. */
  sharedRoutes: RouteTable | undefined = undefined;
  /** net.ipv4.conf.all.route_localnet: 127.0.0.0/8 may come from and leave by other devices than lo. */
  routeLocalnet = false;
  /** What it does with packets that come in, where it is a load balancer. */
  balancer: Balancer | undefined = undefined;
  // The first IPv4 address on its own, since most hosts have no other.
  #first4 = 0;
  #firstDevice = -1;
  #others: AddressTable | undefined;
  #shared: AddressTable | undefined;
  #sharedDevice = -1;

  constructor(id: number, kind: Hop["hostKind"], name: string, routes: RouteTable = new RouteTable()) {
    this.id = id;
    this.kind = kind;
    this.name = name;
    this.routes = routes;
  }

  addDevice(name: string, segment: Segment | undefined, addresses: readonly DeviceAddress[]): number {
    const device = this.#append({ name, segment, addresses });
    for (const { words } of addresses) this.#own(words, device);
    return device;
  }

  /** A device without a segment, whose addresses take no room of this host. It may have one such. */
  addSharedDevice(name: string, { addresses, table }: SharedAddresses): void {
    this.#sharedDevice = this.#append({ name, segment: undefined, addresses });
    this.#shared = table;
  }

  /** A list that grows has room for many more, and nearly all hosts are Pods with two devices: these get a list of two. */
  #append(device: Device): number {
    if (this.devices.length === 1) this.devices = [loopback, device];
    else this.devices.push(device);
    return this.devices.length - 1;
  }

  #own(words: AddressWords, device: number): void {
    if (words.length === 1 && this.#firstDevice < 0) {
      this.#first4 = words[0]!;
      this.#firstDevice = device;
      return;
    }
    this.#others ??= new AddressTable();
    this.#others.add(words, device);
  }

  route(v6: boolean, a: number, b: number, c: number, d: number): Route | undefined {
    const own = this.routes.find(v6, a, b, c, d);
    const shared = this.sharedRoutes?.find(v6, a, b, c, d);
    if (shared === undefined || this.#leadsHere(shared)) return own;
    return own !== undefined && own.range.prefix >= shared.range.prefix ? own : shared;
  }

  /** Its own and the shared ones, but for those that another to the same range hides. */
  allRoutes(): Route[] {
    const own = this.routes.all();
    const ranges = new Set(own.map(({ range }) => `${range.words}/${range.prefix}`));
    const shared = this.sharedRoutes?.all() ?? [];
    return [
      ...own,
      ...shared.filter((route) => !this.#leadsHere(route) && !ranges.has(`${route.range.words}/${route.range.prefix}`)),
    ];
  }

  #leadsHere(route: Route): boolean {
    const hop = route.nextHops[0];
    return hop !== undefined && this.devices[route.device]!.segment?.hosts[hop] === this.id;
  }

  /** The device that owns an address, or -1; all of 127.0.0.0/8 is lo's. */
  localDevice(v6: boolean, a: number, b: number, c: number, d: number): number {
    if (!v6) {
      if (a === this.#first4 && this.#firstDevice >= 0) return this.#firstDevice;
      if (a >>> 24 === 127) return loopbackDevice;
    } else if (a === 0 && b === 0 && c === 0 && d === 1) return loopbackDevice;
    const other = this.#others === undefined ? -1 : this.#others.find(v6, a, b, c, d);
    if (other >= 0 || this.#shared === undefined) return other;
    return this.#shared.find(v6, a, b, c, d) < 0 ? -1 : this.#sharedDevice;
  }
}
