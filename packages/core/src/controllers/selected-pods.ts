import type { Pod } from "../model/pod.ts";
import type { Service } from "../model/service.ts";
import type { ControlLoop } from "./control-loop.ts";

/** The Pods that the selector of a Service matches; it must have one. */
export function selectedPods(loop: ControlLoop, service: Service): readonly Pod[] {
  const keys = loop.index.podsByLabel.matching(service.metadata.namespace ?? "", service.spec.selector!);
  return keys.map((key) => loop.state.tables.Pod.get(key)!);
}
