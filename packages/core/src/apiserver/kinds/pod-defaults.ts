import { produce } from "immer";
import type { Pod, PodSpec } from "../../model/pod.ts";
import type { Draft } from "../draft.ts";

/** What JSON may hold below a Pod; the fields that nothing here reads have no types of their own. */
type Fields = Record<string, unknown>;

const defaultGraceSeconds = 30;
const defaultFileMode = 420;

/** What admission gives every Pod: nodes may be away for five minutes (plugin/pkg/admission/defaulttolerationseconds). */
const absenceTolerations = ["not-ready", "unreachable"].map((condition) =>
  Object.freeze({
    key: `node.kubernetes.io/${condition}`,
    operator: "Exists" as const,
    effect: "NoExecute",
    tolerationSeconds: 300,
  }),
);

/** Shared by all that have none of their own: nobody changes what is stored. */
const nothing: Fields = Object.freeze({}) as Fields;

/** What holds for Pods and templates alike (pkg/apis/core/v1/defaults.go, SetDefaults_PodSpec and those below it). */
export function defaultPodSpec(given: Draft<PodSpec>): void {
  given.containers ??= [];
  const spec = given as Fields & Draft<PodSpec>;
  spec.serviceAccountName ??= spec.serviceAccount;
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  spec.dnsPolicy ??= "ClusterFirst";
  spec.restartPolicy ??= "Always";
  spec.securityContext ??= nothing;
  spec.terminationGracePeriodSeconds ??= defaultGraceSeconds;
  spec.schedulerName ??= "default-scheduler";
  for (const container of containersOf(spec)) defaultContainer(container);
  for (const volume of listOf(spec.volumes)) defaultVolume(volume);
}

/** What holds for a Pod alone: SetDefaults_Pod. */
export function defaultPod(pod: Draft<Pod>): void {
  const spec = pod.spec as Fields & Draft<PodSpec>;
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
  for (const container of containersOf(spec)) requestLimits(container);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork === true) defaultHostPorts(spec);
}

/** The PriorityClasses that every cluster has (pkg/apis/scheduling). */
const systemPriorities: Readonly<Record<string, number>> = {
  "system-node-critical": 2_000_001_000,
  "system-cluster-critical": 2_000_000_000,
};

/** What the admission plug-ins that every cluster runs say of a Pod; who writes the Pod does not own it. */
export function admitPod(pod: Draft<Pod>): void {
  const spec = pod.spec as Fields & Draft<PodSpec>;
  const tolerations = spec.tolerations ?? [];
  const missing = absenceTolerations.filter(({ key }) => !tolerations.some((one) => toleratesAbsence(one, key)));
  if (missing.length > 0) spec.tolerations = [...tolerations, ...missing];
  spec.priority ??= systemPriorities[String(spec.priorityClassName)] ?? 0;
  spec.preemptionPolicy ??= "PreemptLowerPriority";
}

/** What a Pod of a template is, as the API server stores it; what the template says already is shared. */
export function podFromTemplate(template: PodSpec): Pick<Pod, "spec" | "status"> {
  const { spec } = produce({ spec: template } as Pod, (pod) => {
    defaultPod(pod as Draft<Pod>);
    admitPod(pod as Draft<Pod>);
  });
  return { spec, status: { phase: "Pending", qosClass: qosClass({ spec } as Draft<Pod>) } };
}

/** `Guaranteed`, `Burstable` or `BestEffort` (pkg/apis/core/helper/qos, ComputePodQOS). */
export function qosClass({ spec }: Draft<Pod>): string {
  const resources = containersOf(spec).map(({ resources: one }) => (one ?? nothing) as Fields);
  const amounts = (one: Fields, field: "requests" | "limits"): Fields => (one[field] ?? nothing) as Fields;
  const counts = (one: Fields, field: "requests" | "limits"): boolean =>
    ["cpu", "memory"].some((name) => isPositive(amounts(one, field)[name]));
  if (!resources.some((one) => counts(one, "requests") || counts(one, "limits"))) return "BestEffort";
  const isGuaranteed = resources.every((one) =>
    ["cpu", "memory"].every((name) => {
      const limit = amounts(one, "limits")[name];
      return isPositive(limit) && amounts(one, "requests")[name] === limit;
    }),
  );
  return isGuaranteed ? "Guaranteed" : "Burstable";
}

function isPositive(quantity: unknown): boolean {
  return quantity !== undefined && !/^[+-]?0*(\.0*)?[a-zA-Z]*$/.test(String(quantity));
}

function toleratesAbsence(
  { key, effect }: { readonly key?: string | undefined; readonly effect?: string | undefined },
  condition: string,
): boolean {
  return (key === condition || !key) && (effect === "NoExecute" || !effect);
}

function defaultContainer(container: Fields): void {
  for (const port of listOf(container.ports)) port.protocol ??= "TCP";
  for (const one of listOf(container.env)) defaultFieldReference((one.valueFrom as Fields | undefined)?.fieldRef);
  container.resources ??= nothing;
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"]) defaultProbe(container[name]);
  const hooks = (container.lifecycle ?? nothing) as Fields;
  for (const hook of [hooks.postStart, hooks.preStop]) defaultHttpGet((hook as Fields | undefined)?.httpGet);
  container.terminationMessagePath ??= "/dev/termination-log";
  container.terminationMessagePolicy ??= "File";
  container.imagePullPolicy ??= isLatest(String(container.image ?? "")) ? "Always" : "IfNotPresent";
}

const imageHost = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d+)?";
const imagePart = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
/** The tag and the digest of an image's name (github.com/distribution/reference). */
const tagged = new RegExp(
  `^(?:${imageHost}/)?${imagePart}(?:/${imagePart})*(?::(\\w[\\w.-]{0,127}))?(@[A-Za-z][\\w+.-]*:[0-9a-fA-F]{32,})?$`,
);

/** Without a tag and a digest it is the latest. What is no image's name has no tag at all. */
function isLatest(image: string): boolean {
  const parts = tagged.exec(image);
  if (parts === null) return false;
  return parts[1] === "latest" || (parts[1] === undefined && parts[2] === undefined);
}

function defaultProbe(probe: unknown): void {
  if (typeof probe !== "object" || probe === null) return;
  const fields = probe as Fields;
  defaultHttpGet(fields.httpGet);
  if (fields.grpc !== undefined) (fields.grpc as Fields).service ??= "";
  fields.timeoutSeconds ??= 1;
  fields.periodSeconds ??= 10;
  fields.successThreshold ??= 1;
  fields.failureThreshold ??= 3;
}

function defaultHttpGet(action: unknown): void {
  if (typeof action !== "object" || action === null) return;
  const fields = action as Fields;
  fields.path ??= "/";
  fields.scheme ??= "HTTP";
}

function defaultFieldReference(reference: unknown): void {
  if (typeof reference === "object" && reference !== null) (reference as Fields).apiVersion ??= "v1";
}

function defaultVolume(volume: Fields): void {
  if (Object.keys(volume).every((field) => field === "name")) volume.emptyDir = {};
  for (const source of ["configMap", "secret", "projected", "downwardAPI"]) {
    if (volume[source] !== undefined) (volume[source] as Fields).defaultMode ??= defaultFileMode;
  }
  if (volume.hostPath !== undefined) (volume.hostPath as Fields).type ??= "";
  defaultItems(volume.downwardAPI);
  for (const source of listOf((volume.projected as Fields | undefined)?.sources)) {
    if (source.serviceAccountToken !== undefined) (source.serviceAccountToken as Fields).expirationSeconds ??= 3600;
    defaultItems(source.downwardAPI);
  }
}

function defaultItems(source: unknown): void {
  for (const item of listOf((source as Fields | undefined)?.items)) defaultFieldReference(item.fieldRef);
}

function requestLimits(container: Fields): void {
  const resources = (container.resources ?? nothing) as Fields;
  const limits = resources.limits as Fields | undefined;
  if (limits === undefined) return;
  const requests = resources.requests as Fields | undefined;
  // What stands already may be shared.
  if (requests !== undefined && Object.keys(limits).every((name) => requests[name] !== undefined)) return;
  resources.requests = { ...requests };
  for (const name of Object.keys(limits)) (resources.requests as Fields)[name] ??= limits[name];
}

/** On the host's network a container's port is the host's. */
function defaultHostPorts(spec: Draft<PodSpec>): void {
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const port of container.ports ?? []) port.hostPort ??= port.containerPort;
  }
}

function containersOf(spec: Draft<PodSpec>): Fields[] {
  return [...(spec.containers as unknown as Fields[]), ...((spec.initContainers ?? []) as unknown as Fields[])];
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}
