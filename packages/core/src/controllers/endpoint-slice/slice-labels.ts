import type { Labels } from "../../model/object-meta.ts";
import type { Service } from "../../model/service.ts";

export const serviceNameLabel = "kubernetes.io/service-name";
export const managedByLabel = "endpointslice.kubernetes.io/managed-by";
export const headlessLabel = "service.kubernetes.io/headless";
export const controllerName = "endpointslice-controller.k8s.io";

const reserved = new Set([serviceNameLabel, managedByLabel, headlessLabel]);

/** The labels of a Service's slices: its own, then the three that the controller keeps for itself. */
export function sliceLabels(service: Service): Labels {
  const labels = withoutReserved(service.metadata.labels);
  if (isHeadless(service)) labels[headlessLabel] = "";
  labels[serviceNameLabel] = service.metadata.name;
  labels[managedByLabel] = controllerName;
  return labels;
}

/** Whether the slice's labels follow the Service's; the reserved three are not looked at. */
export function followsServiceLabels(slice: Labels | undefined, service: Labels | undefined): boolean {
  return sameLabels(withoutReserved(slice), withoutReserved(service));
}

export function sameLabels(a: Labels = {}, b: Labels = {}): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** Has it no cluster IP (pkg/apis/core/v1/helper, IsServiceIPSet)? */
export function isHeadless({ spec }: Service): boolean {
  return spec.clusterIP === "None" || (spec.clusterIP ?? "") === "";
}

function withoutReserved(labels: Labels | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !reserved.has(key)));
}
