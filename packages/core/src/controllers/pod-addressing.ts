import type { Node } from "../model/node.ts";
import type { IpAddress } from "../net/address.ts";
import { type Cidr, cidrAddress, cidrSize, parseCidr } from "../net/cidr.ts";

/** The network's own address, then the bridge: Pods start after them. */
const firstPodOffset = 2;

/**
 * Addresses of Pods, given out as the host-local plugin of a bridge network does at first: the lowest free one of the
 * node's podCIDR from `.2` on. `.1` is the bridge; the last of an IPv4 range is its broadcast address.
 */
export class PodAddressing {
  readonly #isTaken: (address: string) => boolean;
  /** Below this offset all addresses of a range are taken. */
  readonly #searchFrom = new Map<string, number>();

  constructor(isTaken: (address: string) => boolean) {
    this.#isTaken = isTaken;
  }

  /** One address of each range of the node, in their order; undefined when it has no range or one is used up. */
  take(node: Node): readonly IpAddress[] | undefined {
    const addresses: IpAddress[] = [];
    for (const text of podRanges(node)) {
      const address = this.#lowestFree(text);
      if (address === undefined) return undefined;
      addresses.push(address);
    }
    return addresses.length === 0 ? undefined : addresses;
  }

  /** Lets the search start from the bottom again, after an address came free. */
  reset(): void {
    this.#searchFrom.clear();
  }

  #lowestFree(text: string): IpAddress | undefined {
    const range = parseCidr(text);
    if (range === undefined) return undefined;
    const end = endOffset(range);
    for (let offset = this.#searchFrom.get(text) ?? firstPodOffset; offset < end; offset++) {
      const address = cidrAddress(range, offset);
      if (this.#isTaken(address)) continue;
      this.#searchFrom.set(text, offset);
      return address;
    }
    return undefined;
  }
}

/** `spec.podCIDRs`, or `spec.podCIDR` alone. */
export function podRanges(node: Node): readonly string[] {
  if (node.spec?.podCIDRs !== undefined && node.spec.podCIDRs.length > 0) return node.spec.podCIDRs;
  return node.spec?.podCIDR === undefined || node.spec.podCIDR === "" ? [] : [node.spec.podCIDR];
}

function endOffset(range: Cidr): number {
  const isV4 = range.words.length === 1;
  return cidrSize(range) - (isV4 && range.prefix < 31 ? 1 : 0);
}
