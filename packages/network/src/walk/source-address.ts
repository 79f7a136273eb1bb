import type { AddressWords } from "@kubenetsim/core/net/address";
import { cidrContains, maskWords } from "@kubenetsim/core/net/cidr";
import { type Host, loopbackDevice } from "../topology/host.ts";

/**
 * The source address that a host gives a packet that it makes (fib_select_default, inet_select_addr): the destination
 * itself where that is the host's own, else an address of the device by which it leaves.
 */
export function sourceAddress(host: Host, destination: AddressWords): AddressWords | undefined {
  const v6 = destination.length === 4;
  const [a, b = 0, c = 0, d = 0] = destination as [number, number?, number?, number?];
  if (host.localDevice(v6, a, b, c, d) >= 0) return destination;
  const route = host.route(v6, a, b, c, d);
  return route === undefined ? undefined : deviceAddress(host, route.device, route.gateway ?? destination);
}

/**
 * The address that stands for a host on one of its devices: the first in the next hop's network, else the device's first,
 * else (a veth without an address) the first of any other device but lo.
 */
export function deviceAddress(host: Host, device: number, nextHop: AddressWords): AddressWords | undefined {
  const own = host.devices[device]!.addresses.filter(({ words }) => words.length === nextHop.length);
  const near = own.find(({ words, prefix }) => cidrContains({ words: maskWords(words, prefix), prefix }, nextHop));
  return near?.words ?? own[0]?.words ?? primaryAddress(host, nextHop.length);
}

function primaryAddress(host: Host, length: number): AddressWords | undefined {
  for (const [i, device] of host.devices.entries()) {
    const address = i === loopbackDevice ? undefined : device.addresses.find(({ words }) => words.length === length);
    if (address !== undefined) return address.words;
  }
  return undefined;
}
