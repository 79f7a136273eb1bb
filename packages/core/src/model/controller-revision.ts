import type { ObjectMeta } from "./object-meta.ts";

/** One state of the template of a StatefulSet or DaemonSet: a patch that brings it back. */
export interface ControllerRevision {
  readonly apiVersion: "apps/v1";
  readonly kind: "ControllerRevision";
  readonly metadata: ObjectMeta;
  /** A strategic merge patch: `{"spec": {"template": {"$patch": "replace", …}}}`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Counts the states, from 1. */
  readonly revision: number;
}
