import { type AddressWords, formatAddress, type IpFamily } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, formatCidr } from "@kubenetsim/core/net/cidr";
import type { Host } from "../topology/host.ts";
import type { Route } from "../topology/route-table.ts";
import type { NodeDevice } from "./ip-devices.ts";

/** `ip route` and `ip -6 route` of iproute2 6.1: the routes of a node's main table, by address, of equal ones the longest first. */
export function printIpRoute(host: Host, devices: readonly NodeDevice[], family: IpFamily): string {
  return host
    .allRoutes()
    .filter(({ range }) => range.words.length === (family === "IPv4" ? 1 : 4))
    .sort((a, b) => byRange(a.range, b.range))
    .map((route) => `${family === "IPv4" ? routeLine(host, devices, route) : route6Line(host, route)}\n`)
    .join("");
}

function routeLine(host: Host, devices: readonly NodeDevice[], route: Route): string {
  const device = host.devices[route.device]!;
  const via = route.gateway === undefined ? "" : `via ${formatAddress(route.gateway)} `;
  const source = device.addresses.find(({ words }) => words.length === 1 && cidrContains(route.range, words));
  const isDown = devices.find(({ name }) => name === device.name)?.flags.includes("NO-CARRIER") === true;
  const own = source === undefined ? "scope link " : `proto kernel scope link src ${formatAddress(source.words)} `;
  const scope = route.gateway === undefined ? own : "";
  return `${rangeText(route.range)} ${via}dev ${device.name} ${scope}${isDown ? "linkdown " : ""}`;
}

function route6Line(host: Host, route: Route): string {
  const device = host.devices[route.device]!;
  const via = route.gateway === undefined ? "" : `via ${formatAddress(route.gateway)} `;
  const isOwn = route.gateway === undefined && device.addresses.some(({ words }) => cidrContains(route.range, words));
  const origin = isOwn ? "proto kernel metric 256" : "metric 1024";
  return `${rangeText(route.range)} ${via}dev ${device.name} ${origin} pref medium`;
}

/** One address stands without its length. */
function rangeText(range: Cidr): string {
  if (range.prefix === 0) return "default";
  return range.prefix === 32 * range.words.length ? formatAddress(range.words) : formatCidr(range);
}

function byRange(a: Cidr, b: Cidr): number {
  return byAddress(a.words, b.words) || b.prefix - a.prefix;
}

function byAddress(a: AddressWords, b: AddressWords): number {
  const at = a.findIndex((word, i) => word !== b[i]);
  return at < 0 ? 0 : (a[at]! >>> 0) - (b[at]! >>> 0);
}
