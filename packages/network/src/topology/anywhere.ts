import type { Cidr } from "@kubenetsim/core/net/cidr";

/** The ranges of a default route, one for each family. */
export const anywhere: readonly Cidr[] = [
  { words: [0], prefix: 0 },
  { words: [0, 0, 0, 0], prefix: 0 },
];
