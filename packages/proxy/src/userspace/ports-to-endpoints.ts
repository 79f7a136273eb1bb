import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { AddressWords } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { parseSloppyWords } from "../snapshot/sloppy-address.ts";

/** One ready address with one port. */
export interface DialledEndpoint {
  /** `10.244.1.5:8080`, with the address as the object spells it. */
  readonly text: string;
  readonly address: AddressWords;
  readonly port: number;
}

/**
 * The ready endpoints of each port name, in the order of the object: addresses that are not ready count for nothing
 * (BuildPortsToEndpointsMap, pkg/proxy/util).
 */
export function portsToEndpoints(endpoints: Endpoints | undefined): Map<string, DialledEndpoint[]> {
  const ports = new Map<string, DialledEndpoint[]>();
  for (const subset of endpoints?.subsets ?? []) {
    for (const { name = "", port } of subset.ports ?? []) {
      for (const { ip } of subset.addresses ?? []) {
        const address = parseSloppyWords(ip);
        if (address === undefined || port <= 0) continue;
        const known = ports.get(name);
        const one = { text: joinHostPort(ip, port), address, port };
        if (known === undefined) ports.set(name, [one]);
        else known.push(one);
      }
    }
  }
  return ports;
}
