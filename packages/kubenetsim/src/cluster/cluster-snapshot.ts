import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { DataPlane } from "../dataplane/data-plane.ts";
import type { ProxyStart } from "../dataplane/object-history.ts";
import type { Warning } from "../warnings/warning.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A cluster's objects, configuration and warnings at one time; `restore` goes back to it. A value in memory, no JSON. */
export interface ClusterSnapshot {
  readonly control: ControlPlane;
  /** The kube-proxies that run with another configuration than one would take that starts now, by node. */
  readonly running: ReadonlyMap<string, ProxyStart>;
  readonly applyWarnings: readonly Warning[];
}

const taken = new WeakSet<ClusterSnapshot>();

export function takeSnapshot(
  control: ControlPlane,
  plane: DataPlane,
  applyWarnings: readonly Warning[],
): ClusterSnapshot {
  const snapshot = {
    control,
    running: plane.runningWithout(control.config, control.settled?.state.tables.Node),
    applyWarnings,
  };
  taken.add(snapshot);
  return snapshot;
}

/** @throws ParseError for what no `snapshot()` has given, such as one that was JSON for a while */
export function requireSnapshot(snapshot: ClusterSnapshot): void {
  if (taken.has(snapshot)) return;
  throw new ParseError("restore takes what snapshot() of a Cluster has given, as it is", {
    hint: "a snapshot is a value in memory: a copy of it, or JSON, is none; to keep objects in a file, keep their YAML",
  });
}
