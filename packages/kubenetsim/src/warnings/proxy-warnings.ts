import type { ControlPlane } from "../cluster/control-plane.ts";
import type { DataPlane } from "../dataplane/data-plane.ts";
import type { Warning } from "./warning.ts";

/** What kube-proxy has to say: that a changed configuration waits for a restart. */
export function proxyWarnings(plane: DataPlane, { config, configSource, state }: ControlPlane): Warning[] {
  const wanted = JSON.stringify(config);
  const names = plane.history.length === 0 ? [] : state.tables.Node.keys();
  const waiting = names.filter((name) => {
    const start = plane.startOf(name);
    return start !== undefined && start.config !== config && JSON.stringify(start.config) !== wanted;
  });
  if (waiting.length === 0) return [];
  const some = waiting.slice(0, 3).join(", ") + (waiting.length > 3 ? ` and ${waiting.length - 3} more` : "");
  const who = waiting.length === names.length ? "all nodes" : some;
  const message = `kube-proxy on ${who} runs with the configuration that it took when it started; this one counts when it restarts`;
  return [{ message, position: configSource?.positionOf(["kind"]) }];
}
