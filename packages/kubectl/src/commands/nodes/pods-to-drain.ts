import type { Pod } from "@kubenetsim/core/model/pod";
import { ServerError } from "../../client/server-error.ts";
import { failure } from "../../command-error.ts";
import type { FlagValues } from "../../flags/flag.ts";
import type { Session } from "../../session.ts";

export interface DrainList {
  readonly pods: readonly Pod[];
  /** "" for none. */
  readonly warnings: string;
  readonly errors: readonly Error[];
}

/** What becomes of one Pod, and why not or with what doubt. */
interface Verdict {
  readonly goes: boolean;
  readonly warning?: string;
  readonly error?: string;
}

/** The Pods of a node that are to go (k8s.io/kubectl pkg/drain, GetPodsForDeletion and its filters). */
export function podsToDrain(session: Session, node: string, flags: FlagValues): DrainList {
  const query = {
    fieldSelector: `spec.nodeName=${node}`,
    labelSelector: flags.text("pod-selector") || undefined,
    limit: flags.text("chunk-size"),
  };
  const { items } = session.client.ask("GET", "/api/v1/pods", { query }) as unknown as { items: readonly Pod[] };
  const judged = items.map((pod) => ({ pod, verdict: judge(session, pod, flags) }));
  const warnings = grouped(judged.map(({ pod, verdict }) => [verdict.warning, pod]));
  const errors = grouped(judged.map(({ pod, verdict }) => [verdict.error, pod]));
  return {
    pods: judged.filter(({ verdict }) => verdict.goes).map(({ pod }) => pod),
    warnings: [...warnings].map(([text, names]) => `${text}: ${names.join(", ")}`).join("; "),
    errors: [...errors].map(([text, names]) => failure(`cannot delete ${text}: ${names.join(", ")}`)),
  };
}

function grouped(entries: readonly (readonly [string | undefined, Pod])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [text, { metadata }] of entries) {
    if (text === undefined) continue;
    groups.set(text, [...(groups.get(text) ?? []), `${metadata.namespace}/${metadata.name}`]);
  }
  return groups;
}

/** Filters come in this order; the first that keeps a Pod ends it, and the last one's warning counts. */
function judge(session: Session, pod: Pod, flags: FlagValues): Verdict {
  let verdict: Verdict = { goes: true };
  for (const filter of [ofDaemonSet, mirrored, withLocalStorage, withoutController]) {
    verdict = filter(pod, flags, session);
    if (!verdict.goes) break;
  }
  return verdict;
}

function isOver({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function controllerOf({ metadata }: Pod) {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

function ofDaemonSet(pod: Pod, flags: FlagValues, session: Session): Verdict {
  const owner = controllerOf(pod);
  if (owner?.kind !== "DaemonSet" || isOver(pod)) return { goes: true };
  try {
    session.client.ask("GET", `/apis/apps/v1/namespaces/${pod.metadata.namespace}/daemonsets/${owner.name}`);
  } catch (reason) {
    if (!(reason instanceof ServerError)) throw reason;
    if (reason.reason === "NotFound" && flags.flag("force")) return { goes: true, warning: reason.message };
    return { goes: false, error: reason.message };
  }
  if (flags.flag("ignore-daemonsets")) return { goes: false, warning: "ignoring DaemonSet-managed Pods" };
  return { goes: false, error: "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)" };
}

function mirrored({ metadata }: Pod): Verdict {
  return { goes: metadata.annotations?.["kubernetes.io/config.mirror"] === undefined };
}

function withLocalStorage(pod: Pod, flags: FlagValues): Verdict {
  const { volumes = [] } = pod.spec as { volumes?: readonly { emptyDir?: unknown }[] };
  if (isOver(pod) || !volumes.some(({ emptyDir }) => emptyDir !== undefined)) return { goes: true };
  if (flags.flag("delete-emptydir-data")) return { goes: true, warning: "deleting Pods with local storage" };
  return { goes: false, error: "Pods with local storage (use --delete-emptydir-data to override)" };
}

function withoutController(pod: Pod, flags: FlagValues): Verdict {
  if (isOver(pod) || controllerOf(pod) !== undefined) return { goes: true };
  if (flags.flag("force")) return { goes: true, warning: "deleting Pods that declare no controller" };
  return { goes: false, error: "Pods that declare no controller (use --force to override)" };
}
