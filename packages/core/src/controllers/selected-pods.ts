import type { Pod } from "../model/pod.ts";
import type { Service } from "../model/service.ts";
import type { ControlLoop } from "./control-loop.ts";

/** The Pods that the selector of a Service matches; it must have one. */
export function selectedPods(loop: ControlLoop, service: Service): readonly Pod[] {
  const { Pod: table } = loop.state.tables;
  const known = loop.selected.get(service);
  if (known?.table === table) return known.pods;
  const keys = loop.index.podsByLabel.matching(service.metadata.namespace ?? "", service.spec.selector!);
  const pods = keys.map((key) => table.get(key)!);
  loop.selected.set(service, { table, pods });
  return pods;
}
