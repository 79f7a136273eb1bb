import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { ControllerRevision } from "@kubenetsim/core/model/controller-revision";
import type { DaemonSet } from "@kubenetsim/core/model/daemon-set";
import type { StatefulSet } from "@kubenetsim/core/model/stateful-set";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { Session } from "../../session.ts";
import { ownedBySelector } from "./deployment-revisions.ts";

/** Kinds whose history stands in ControllerRevisions. */
export function hasControllerRevisions(kind: string): boolean {
  return kind === "StatefulSet" || kind === "DaemonSet";
}

/** The revisions that a StatefulSet or DaemonSet owns, by their numbers. */
export function controllerRevisionsOf(session: Session, info: ResourceInfo): ControllerRevision[] {
  const owner = info.object as unknown as StatefulSet | DaemonSet;
  const revisions = ownedBySelector<ControllerRevision>(session, info, owner, "controllerrevisions");
  return revisions.sort((a, b) => a.revision - b.revision);
}

/** The template that a revision brings back. */
export function templateOf({ data }: ControllerRevision): PlainObject {
  const { $patch: _, ...template } = (data.spec as { readonly template: PlainObject }).template;
  return template;
}

/** The workload with the template of a revision. */
export function withRevision(object: PlainObject, revision: ControllerRevision): PlainObject {
  return { ...object, spec: { ...(object.spec as PlainObject), template: templateOf(revision) } };
}
