import type { ObjectKey } from "../../model/api-object.ts";
import type { EndpointAddress, EndpointSubset, EndpointSubsetPort, Endpoints } from "../../model/endpoints.ts";
import type { Labels } from "../../model/object-meta.ts";
import type { Pod } from "../../model/pod.ts";
import type { Service } from "../../model/service.ts";
import { hasSelector } from "../cluster-index.ts";
import type { ControlLoop } from "../control-loop.ts";
import { targetPortOf } from "../endpoint-slice/endpoint-ports.ts";
import { isKnownBySlicesOnly } from "../endpoint-slice/endpoint-slice-controller.ts";
import { addressesOfFamily, hasServiceHostname } from "../endpoint-slice/pod-endpoint.ts";
import { headlessLabel, isHeadless } from "../endpoint-slice/slice-labels.ts";
import { triggerTimeAnnotation } from "../endpoint-slice/trigger-time.ts";
import { isPodReady, isPodTerminal, isPodTerminating } from "../pod-conditions.ts";
import { sameJson } from "../same-json.ts";
import { selectedPods } from "../selected-pods.ts";
import { repackSubsets } from "./repack-subsets.ts";
import { truncateSubsets } from "./truncate-subsets.ts";

const managedByLabel = "endpoints.kubernetes.io/managed-by";
const controllerName = "endpoint-controller";
const overCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

/**
 * Makes the Endpoints of a Service with a selector say what its Pods are, and takes those of a Service that is gone
 * (pkg/controller/endpoint/endpoints_controller.go, syncService). They hold one family, the Service's first, and no Pod that
 * is terminating, unless unready ones are published.
 */
export function syncEndpoints(loop: ControlLoop, key: ObjectKey): void {
  const service = loop.state.tables.Service.get(key);
  const existing = loop.state.tables.Endpoints.get(key);
  if (service === undefined) {
    if (existing !== undefined) loop.remove("Endpoints", existing);
    return;
  }
  if (!hasSelector(service)) return;
  const pods = selectedPods(loop, service);
  if (pods.length === 0 && (isKnownBySlicesOnly(loop, key) || isKnownByEndpointsOnly(loop, key, existing))) return;
  const portsOf = portsBehind(service);
  const packed = repackSubsets(pods.flatMap((pod) => subsetsOf(pod, service, portsOf)));
  const subsets = truncateSubsets(packed);
  const labels = endpointsLabels(service);
  if (existing !== undefined && sameJson(existing.subsets ?? [], subsets) && sameJson(existing.metadata.labels, labels))
    return;
  loop.put(
    newEndpoints(service, existing, subsets, labels, {
      [triggerTimeAnnotation]: existing === undefined ? service.metadata.creationTimestamp : readyTime(pods, existing),
      [overCapacityAnnotation]: subsets === packed ? undefined : "truncated",
    }),
  );
}

/** As for slices: what a dump brought without the Pods behind it is all that is known, and stays. */
function isKnownByEndpointsOnly(loop: ControlLoop, key: ObjectKey, endpoints: Endpoints | undefined): boolean {
  const subsets = endpoints?.subsets ?? [];
  const addresses = subsets.flatMap((one) => [...(one.addresses ?? []), ...(one.notReadyAddresses ?? [])]);
  return (
    !loop.bereaved.has(key) &&
    addresses.length > 0 &&
    addresses.every(({ targetRef }) => !loop.state.tables.Pod.has(`${targetRef?.namespace}/${targetRef?.name}`))
  );
}

/** The ports that a Pod has of a Service's; Pods with the same numbers share them. */
function portsBehind({ spec }: Service): (pod: Pod) => readonly EndpointSubsetPort[] {
  const wanted = (spec.ports ?? []).map(({ name, protocol = "TCP", appProtocol, ...target }) => ({
    target: { ...target, protocol },
    known: new Map<number, EndpointSubsetPort>(),
    withNumber: (port: number): EndpointSubsetPort =>
      Object.assign(
        {},
        name ? { name } : undefined,
        { port, protocol },
        appProtocol === undefined ? undefined : { appProtocol },
      ),
  }));
  return (pod) => {
    const ports: EndpointSubsetPort[] = [];
    for (const { target, known, withNumber } of wanted) {
      const number = targetPortOf(pod, target);
      if (number === undefined) continue;
      const port = known.get(number) ?? withNumber(number);
      known.set(number, port);
      ports.push(port);
    }
    return ports;
  };
}

/** One subset for each port of the Service that the Pod has. */
function subsetsOf(pod: Pod, service: Service, portsOf: ReturnType<typeof portsBehind>): EndpointSubset[] {
  const published = service.spec.publishNotReadyAddresses === true;
  if (isPodTerminal(pod) || (isPodTerminating(pod) && !published)) return [];
  const address = addressOf(pod, service);
  if (address === undefined) return [];
  const addresses = published || isPodReady(pod) ? { addresses: [address] } : { notReadyAddresses: [address] };
  if ((service.spec.ports ?? []).length === 0) return service.spec.clusterIP === "None" ? [addresses] : [];
  return portsOf(pod).map((port) => ({ ...addresses, ports: [port] }));
}

function addressOf(pod: Pod, service: Service): EndpointAddress | undefined {
  const { name, namespace, uid } = pod.metadata;
  const [ip] = addressesOfFamily(pod, service.spec.ipFamilies?.[0] ?? familyWithout(service, pod));
  if (ip === undefined) return undefined;
  return {
    ip,
    ...(hasServiceHostname(pod, service) ? { hostname: pod.spec.hostname! } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: {
      kind: "Pod",
      ...(namespace === undefined ? {} : { namespace }),
      name,
      ...(uid === undefined ? {} : { uid }),
    },
  };
}

/** A Service that no API server defaulted. */
function familyWithout({ spec }: Service, pod: Pod): "IPv4" | "IPv6" {
  const address = spec.clusterIP && spec.clusterIP !== "None" ? spec.clusterIP : (pod.status?.podIP ?? "");
  return address.includes(":") ? "IPv6" : "IPv4";
}

function endpointsLabels(service: Service): Labels {
  const { [headlessLabel]: _, ...labels } = service.metadata.labels ?? {};
  const headless = isHeadless(service) ? { [headlessLabel]: "" } : {};
  return Object.assign({}, labels, headless, { [managedByLabel]: controllerName });
}

/** The earliest readiness change that is later than the last time written down; undefined where Pods only went. */
function readyTime(pods: readonly Pod[], existing: Endpoints): string | undefined {
  const last = existing.metadata.annotations?.[triggerTimeAnnotation] ?? "";
  return pods
    .map((pod) => pod.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? "")
    .filter((time) => time > last)
    .sort()[0];
}

function newEndpoints(
  service: Service,
  existing: Endpoints | undefined,
  subsets: readonly EndpointSubset[],
  labels: Labels,
  written: Readonly<Record<string, string | undefined>>,
): Endpoints {
  const { name, namespace } = service.metadata;
  const { annotations: before, ...metadata } = existing?.metadata ?? { name, ...(namespace ? { namespace } : {}) };
  const annotations = Object.entries({ ...before, ...written }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: {
      ...metadata,
      labels,
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
}
