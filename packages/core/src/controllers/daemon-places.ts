import type { DaemonSet } from "../model/daemon-set.ts";
import type { Node } from "../model/node.ts";
import { tolerationsOf } from "./daemon-pod.ts";
import { fitsNodeAffinity } from "./node-affinity.ts";
import { tolerates } from "./tolerations.ts";

/** Whether a node is to have a daemon's Pod, and whether one that is there may stay. */
export interface DaemonPlace {
  readonly shouldRun: boolean;
  readonly mayStay: boolean;
}

const nowhere: DaemonPlace = { shouldRun: false, mayStay: false };

/** The nodes that a DaemonSet's template fits (NodeShouldRunDaemonPod); cordoned ones are among them. */
export class DaemonPlaces {
  readonly #places: ReadonlyMap<string, DaemonPlace>;

  constructor({ spec }: DaemonSet, nodes: Iterable<Node>) {
    const pod = spec.template.spec;
    const tolerations = tolerationsOf(pod);
    const places = new Map<string, DaemonPlace>();
    for (const node of nodes) {
      const isNamed = !pod.nodeName || pod.nodeName === node.metadata.name;
      if (!isNamed || !fitsNodeAffinity(pod, node)) continue;
      const hostile = (node.spec?.taints ?? []).filter((taint) => !tolerations.some((one) => tolerates(one, taint)));
      const shouldRun = !hostile.some(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
      places.set(node.metadata.name, { shouldRun, mayStay: !hostile.some(({ effect }) => effect === "NoExecute") });
    }
    this.#places = places;
  }

  at(node: string): DaemonPlace {
    return this.#places.get(node) ?? nowhere;
  }

  get desired(): number {
    let count = 0;
    for (const { shouldRun } of this.#places.values()) if (shouldRun) count++;
    return count;
  }
}
