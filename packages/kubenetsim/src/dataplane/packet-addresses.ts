import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";

export function sourceOf({ v6, src0, src1, src2, src3 }: Packet): AddressWords {
  return v6 ? [src0, src1, src2, src3] : [src0];
}

export function destinationOf({ v6, dst0, dst1, dst2, dst3 }: Packet): AddressWords {
  return v6 ? [dst0, dst1, dst2, dst3] : [dst0];
}
