import { type ApiObject, objectKey } from "../model/api-object.ts";
import { type LabelSelector, matchesLabels } from "../model/label-selector.ts";
import type { Pod } from "../model/pod.ts";
import { orphanGroup, ownerGroup } from "./cluster-index.ts";
import type { ControlLoop } from "./control-loop.ts";
import { controllerReferenceTo } from "./ownership.ts";
import { isPodTerminal, isPodTerminating } from "./pod-conditions.ts";

/**
 * Makes a workload the owner of the Pods that its selector matches and that nobody owns (pkg/controller,
 * PodControllerRefManager.ClaimPods).
 *
 * @param isWanted what a Pod must be besides; those that have ended are left alone
 */
export function adoptPods(
  loop: ControlLoop,
  owner: ApiObject & { readonly spec: { readonly selector: LabelSelector } },
  isWanted: (pod: Pod) => boolean = () => true,
): void {
  const { namespace } = owner.metadata;
  const { selector } = owner.spec;
  const { matchLabels = {} } = selector;
  const orphans = loop.index.podsByController.members(orphanGroup(namespace));
  const candidates =
    Object.keys(matchLabels).length > 0
      ? loop.index.podsByLabel.matching(namespace ?? "", matchLabels).filter((key) => orphans.has(key))
      : [...orphans];
  for (const key of candidates) {
    const pod = loop.state.tables.Pod.get(key)!;
    if (isPodTerminating(pod) || isPodTerminal(pod) || !isWanted(pod)) continue;
    if (!matchesLabels(selector, pod.metadata.labels)) continue;
    const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerReferenceTo(owner)];
    loop.put({ ...pod, metadata: { ...pod.metadata, ownerReferences } });
  }
}

/** The Pods whose controller is this workload. */
export function podsOf(loop: ControlLoop, owner: ApiObject): readonly Pod[] {
  const keys = loop.index.podsByController.members(ownerGroup(owner.kind, objectKey(owner)));
  return [...keys].map((key) => loop.state.tables.Pod.get(key)!);
}
