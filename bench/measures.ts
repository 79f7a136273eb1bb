import { growthMeasures } from "./growth.ts";
import type { Measure } from "./harness.ts";
import { textMeasures } from "./kube-proxy-text.ts";
import { buildMeasures } from "./kubenetsim-build.ts";
import { countMeasures } from "./kubenetsim-counts.ts";
import { packetMeasures } from "./netfilter-packets.ts";
import { parseMeasures } from "./netfilter-parse.ts";
import { walkMeasures } from "./netfilter-walk.ts";
import { networkMeasures } from "./network-walk.ts";
import { changeMeasures } from "./proxy-changes.ts";

/** All measures, in the order in which they run. */
export const measures: readonly Measure[] = [
  ...packetMeasures,
  ...networkMeasures,
  ...walkMeasures,
  ...parseMeasures,
  ...changeMeasures,
  ...textMeasures,
  ...buildMeasures,
  ...countMeasures,
  ...growthMeasures,
];
