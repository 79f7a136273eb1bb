import { isDeepStrictEqual } from "node:util";
import { type IptablesHost, observe } from "./iptables-engines.ts";
import { type NftHostRules, type NftPacketSpec, observeNft } from "./nft-observation.ts";
import type { PacketSpec } from "./random-packets.ts";

/** Does the index say of all packets what comparing rule after rule does, in everything that can be seen? */
export function agreeIptables(host: IptablesHost, specs: readonly PacketSpec[]): boolean {
  return isDeepStrictEqual(observe("index", host, specs), observe("walk", host, specs));
}

/** Do nft's rules as code say of all packets what reading them word by word does? */
export function agreeNft(rules: NftHostRules, specs: readonly NftPacketSpec[]): boolean {
  const { code, oracle } = observeNft(rules, specs);
  return isDeepStrictEqual(code, oracle);
}
