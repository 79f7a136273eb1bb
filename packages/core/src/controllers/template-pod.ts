import { podFromTemplate } from "../apiserver/kinds/pod-defaults.ts";
import type { ApiObject } from "../model/api-object.ts";
import type { ObjectMeta } from "../model/object-meta.ts";
import type { Pod, PodTemplateSpec } from "../model/pod.ts";
import { controllerReferenceTo } from "./ownership.ts";

/** Makes Pods of a template for a workload, by their names (pkg/controller, GetPodFromTemplate). What they share is made once. */
export function podMaker(owner: ApiObject, template: PodTemplateSpec): (name: string) => Pod {
  const { namespace } = owner.metadata;
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const made = podFromTemplate(template.spec);
  const shared: Omit<ObjectMeta, "name"> = {
    generateName: `${owner.metadata.name}-`,
    generation: 1,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(finalizers === undefined ? {} : { finalizers }),
    ownerReferences: [controllerReferenceTo(owner)],
  };
  return (name) => ({ apiVersion: "v1", kind: "Pod", metadata: { name, ...shared }, ...made });
}
