import type { IpAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrAddress, cidrSize } from "@kubenetsim/core/net/cidr";

/** The modelled cloud's addresses for load balancers: TEST-NET-3, which is nobody's. */
export const defaultLoadBalancerRange = "203.0.113.0/24";

/** The lowest address of a range that is not taken, less the network's own and its broadcast address; undefined when it is full. */
export function firstFree(range: Cidr, taken: ReadonlySet<string>): IpAddress | undefined {
  const last = cidrSize(range) - 2;
  for (let offset = 1; offset <= last; offset++) {
    const address = cidrAddress(range, offset);
    if (!taken.has(address)) return address;
  }
  return undefined;
}
