import { applyMeasures } from "./apply-text.ts";
import { nameMeasures } from "./chain-names.ts";
import { heapMeasures } from "./cluster-heap.ts";
import { selectorMeasures } from "./cold-selectors.ts";
import { dnsMeasures } from "./dns-answers.ts";
import { fullSizeMeasures } from "./full-size-row.ts";
import { growthMeasures } from "./growth.ts";
import type { Measure } from "./harness.ts";
import { ingressMeasures } from "./ingress-requests.ts";
import { textMeasures } from "./kube-proxy-text.ts";
import { buildMeasures } from "./kubenetsim-build.ts";
import { countMeasures } from "./kubenetsim-counts.ts";
import { packetMeasures } from "./netfilter-packets.ts";
import { parseMeasures } from "./netfilter-parse.ts";
import { walkMeasures } from "./netfilter-walk.ts";
import { networkMeasures } from "./network-walk.ts";
import { changeMeasures } from "./proxy-changes.ts";
import { directorMeasures, schedulerMeasures } from "./scheduler-picks.ts";
import { storeMeasures } from "./store-updates.ts";

/** All measures by group, in the order in which they run. */
export const measureGroups: Readonly<Record<string, readonly Measure[]>> = {
  packets: packetMeasures,
  network: networkMeasures,
  walk: walkMeasures,
  parse: parseMeasures,
  changes: changeMeasures,
  text: textMeasures,
  store: storeMeasures,
  apply: applyMeasures,
  names: nameMeasures,
  selectors: selectorMeasures,
  heap: heapMeasures,
  build: buildMeasures,
  counts: countMeasures,
  growth: growthMeasures,
  schedulers: schedulerMeasures,
  director: directorMeasures,
  dns: dnsMeasures,
  ingress: ingressMeasures,
  "full-size": fullSizeMeasures,
};
