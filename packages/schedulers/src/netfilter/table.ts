import type { Scheduler } from "../scheduler.ts";
import { nftJhash } from "./nft-jhash.ts";
import { numgenInc, numgenRandom } from "./numgen.ts";
import { statisticNth } from "./statistic-nth.ts";
import { statisticRandom } from "./statistic-random.ts";

/** The balancers that are written as rules of iptables or nft. */
export const netfilterSchedulers: Readonly<Record<string, Scheduler<unknown>>> = {
  "iptables/statistic-random": statisticRandom,
  "iptables/statistic-nth": statisticNth,
  "nft/numgen-inc": numgenInc,
  "nft/numgen-random": numgenRandom,
  "nft/jhash": nftJhash,
};
