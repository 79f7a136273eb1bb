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

/** What has been taken says so by a field that no copy has. */
class TakenSnapshot implements ClusterSnapshot {
  readonly control: ControlPlane;
  readonly running: ReadonlyMap<string, ProxyStart>;
  readonly applyWarnings: readonly Warning[];
  readonly #isTaken = true;

  constructor(control: ControlPlane, running: ReadonlyMap<string, ProxyStart>, applyWarnings: readonly Warning[]) {
    this.control = control;
    this.running = running;
    this.applyWarnings = applyWarnings;
  }

  static is(value: unknown): boolean {
    return typeof value === "object" && value !== null && #isTaken in value && value.#isTaken;
  }
}

export function takeSnapshot(
  control: ControlPlane,
  plane: DataPlane,
  applyWarnings: readonly Warning[],
): ClusterSnapshot {
  const running = plane.runningWithout(control.config, control.settled?.state.tables.Node);
  return new TakenSnapshot(control, running, applyWarnings);
}

/** @throws ParseError for what no `snapshot()` has given, such as one that was JSON for a while */
export function requireSnapshot(snapshot: ClusterSnapshot): void {
  if (TakenSnapshot.is(snapshot)) return;
  throw new ParseError("restore takes what snapshot() of a Cluster has given, as it is", {
    hint: "a snapshot is a value in memory: a copy of it, or JSON, is none; to keep objects in a file, keep their YAML",
  });
}
