import type { Command } from "./command.ts";
import { unmodelled } from "./unmodelled.ts";

const names: readonly (readonly [name: string, short: string, ...suggestFor: string[]])[] = [
  ["alpha", "Commands for features in alpha"],
  ["attach", "Attach to a running container"],
  ["auth", "Inspect authorization"],
  ["autoscale", "Auto-scale a deployment, replica set, stateful set, or replication controller"],
  ["certificate", "Modify certificate resources"],
  ["completion", "Output shell completion code"],
  ["config", "Modify kubeconfig files"],
  ["cp", "Copy files and directories to and from containers"],
  ["debug", "Create debugging sessions for troubleshooting workloads and nodes"],
  ["exec", "Execute a command in a container"],
  ["kuberc", "Manage kuberc configuration files"],
  ["kustomize", "Build a kustomization target from a directory or URL"],
  ["plugin", "Provides utilities for interacting with plugins"],
  ["port-forward", "Forward one or more local ports to a pod"],
  ["proxy", "Run a proxy to the Kubernetes API server"],
  ["top", "Display resource (CPU/memory) usage", "stats"],
];

/** Commands of the real kubectl that are none here, less those that are. */
export function unmodelledCommands(known: readonly Command[]): Command[] {
  return names
    .filter(([name]) => !known.some((one) => one.name === name))
    .map(([name, short, ...suggestFor]) => ({ ...unmodelled(`kubectl ${name}`, short, () => known), suggestFor }));
}
