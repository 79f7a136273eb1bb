import { utf8ToBytes } from "@noble/hashes/utils.js";
import { type ApiObject, objectKey } from "../model/api-object.ts";
import type { ControllerRevision } from "../model/controller-revision.ts";
import type { DaemonSet } from "../model/daemon-set.ts";
import type { Labels } from "../model/object-meta.ts";
import type { Pod, PodTemplateSpec } from "../model/pod.ts";
import type { StatefulSet } from "../model/stateful-set.ts";
import { ownerGroup } from "./cluster-index.ts";
import type { ControlLoop } from "./control-loop.ts";
import { safeEncode } from "./generated-name.ts";
import { controllerReferenceTo } from "./ownership.ts";
import { sameJson } from "./same-json.ts";
import { sortedJson } from "./template-hash.ts";

/** By which a Pod says of which revision it is. */
export const revisionLabel = "controller-revision-hash";

type Owner = StatefulSet | DaemonSet;

/** How a kind of workload names its revisions. */
export interface RevisionNaming {
  /** A hash of the template; the count is of names that were taken by other templates. */
  readonly hashOf: (template: PodTemplateSpec, collisions: number) => string;
  /** The label that holds the hash in a revision. */
  readonly hashLabel: string;
  /** The hash in a Pod's `controller-revision-hash`. */
  readonly hashOfPod: (owner: Owner, label: string) => string;
}

/** What a workload has been and is to be: the revision of its template now, and all of them, the newest last. */
export interface RevisionHistory {
  readonly update: ControllerRevision;
  readonly all: readonly ControllerRevision[];
}

/**
 * Finds or makes the ControllerRevision of a workload's template. A template that comes back gets its revision back, with
 * the highest number (pkg/controller/statefulset, getStatefulSetRevisions; pkg/controller/daemon, constructHistory).
 *
 * @param pods what the workload owns: where revisions are not there that its Pods name, as in a dump that leaves them out,
 * the template's is the one that most of them have
 */
export function syncHistory(
  loop: ControlLoop,
  owner: Owner,
  naming: RevisionNaming,
  pods: readonly Pod[],
): RevisionHistory {
  const all = revisionsOf(loop, owner);
  const data = patchOf(owner.spec.template);
  const same = all.findLast((one) => sameJson(one.data, data));
  if (same !== undefined && same === all.at(-1)) return { update: same, all };
  const revision = (all.at(-1)?.revision ?? 0) + 1;
  if (same === undefined)
    putRevision(loop, owner, naming, { data, revision, left: leftHash(owner, naming, all, pods) });
  else loop.put({ ...same, revision });
  const written = revisionsOf(loop, owner);
  return { update: written.at(-1)!, all: written };
}

/** Takes away the oldest revisions beyond the limit that nobody uses. */
export function truncateHistory(
  loop: ControlLoop,
  { spec }: Owner,
  { all }: RevisionHistory,
  isLive: (revision: ControllerRevision) => boolean,
): void {
  const limit = spec.revisionHistoryLimit ?? 10;
  const dead = all.filter((revision) => !isLive(revision));
  if (limit < 0) return;
  for (const revision of dead.slice(0, Math.max(0, dead.length - limit))) loop.delete(revision);
}

/** The template that a revision brings back. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { template } = data.spec as { readonly template: PodTemplateSpec & { readonly $patch?: string } };
  const { $patch: _, ...rest } = template;
  return rest;
}

/** The hash by which StatefulSets name revisions: FNV-1 of 32 bits over the patch (pkg/controller/history). */
export function patchHash(template: PodTemplateSpec, collisions: number): string {
  let hash = 0x811c9dc5;
  for (const byte of utf8ToBytes(goJson(patchOf(template)) + String(collisions))) {
    hash = Math.imul(hash, 0x01000193) ^ byte;
  }
  return safeEncode(String(hash >>> 0));
}

function revisionsOf(loop: ControlLoop, owner: Owner): readonly ControllerRevision[] {
  const keys = loop.index.revisionsByController.members(ownerGroup(owner.kind, objectKey(owner)));
  const revisions = [...keys].map((key) => loop.state.tables.ControllerRevision.get(key)!);
  return revisions.sort((a, b) => a.revision - b.revision);
}

function patchOf(template: PodTemplateSpec): ControllerRevision["data"] {
  return { spec: { template: { $patch: "replace", metadata: {}, ...template } } };
}

/** As Go's encoding/json writes a map. */
function goJson(value: unknown): string {
  return sortedJson(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

interface NewRevision {
  readonly data: ControllerRevision["data"];
  readonly revision: number;
  readonly left: string | undefined;
}

function putRevision(
  loop: ControlLoop,
  owner: Owner,
  { hashOf, hashLabel }: RevisionNaming,
  { data, revision, left }: NewRevision,
): void {
  const { name, namespace, annotations } = owner.metadata;
  const { template } = owner.spec;
  const nameOf = (hash: string): string => `${name.slice(0, 223)}-${hash}`;
  let collisions = 0;
  let hash = left ?? hashOf(template, collisions);
  while (loop.state.tables.ControllerRevision.has(`${namespace}/${nameOf(hash)}`)) {
    hash = hashOf(template, ++collisions);
  }
  const labels: Labels = { ...template.metadata?.labels, [hashLabel]: hash };
  loop.put({
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: nameOf(hash),
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReferenceTo(owner)],
    },
    data: JSON.parse(sortedJson(data)) as ControllerRevision["data"],
    revision,
  });
}

/** The hash that most Pods have, where no revision is there at all. */
function leftHash(
  owner: Owner,
  { hashOfPod }: RevisionNaming,
  all: readonly ControllerRevision[],
  pods: readonly ApiObject[],
): string | undefined {
  if (all.length > 0) return undefined;
  const counts = new Map<string, number>();
  for (const { metadata } of pods) {
    const label = metadata.labels?.[revisionLabel];
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most === undefined ? undefined : hashOfPod(owner, most[0]);
}
