import type { Command } from "../command.ts";
import { unmodelled } from "../unmodelled.ts";
import { createConfigMap } from "./create-config-map.ts";
import { createDeployment } from "./create-deployment.ts";
import { createFlags, createFromFiles } from "./create-files.ts";
import { createIngress } from "./create-ingress.ts";
import { createNamespace } from "./create-namespace.ts";
import { createSecret } from "./create-secret.ts";
import { createService } from "./create-service.ts";
import { createServiceAccount } from "./create-service-account.ts";

const known = [
  createConfigMap,
  createDeployment,
  createIngress,
  createNamespace,
  createSecret,
  createService,
  createServiceAccount,
];

const others: readonly Command[] = [
  refused("clusterrole", "Create a cluster role"),
  refused("clusterrolebinding", "Create a cluster role binding for a particular cluster role"),
  refused("cronjob", "Create a cron job with the specified name", ["cj"]),
  refused("job", "Create a job with the specified name"),
  refused("poddisruptionbudget", "Create a pod disruption budget with the specified name", ["pdb"]),
  refused("priorityclass", "Create a priority class with the specified name", ["pc"]),
  refused("quota", "Create a quota with the specified name", ["resourcequota"]),
  refused("role", "Create a role with single rule"),
  refused("rolebinding", "Create a role binding for a particular role or cluster role"),
  refused("token", "Request a service account token"),
];

function refused(name: string, short: string, aliases?: string[]): Command {
  return unmodelled(`kubectl create ${name}`, short, () => known, aliases);
}

/** `kubectl create`. */
export const create: Command = {
  name: "create",
  short: "Create a resource from a file or from stdin",
  flags: createFlags,
  run: createFromFiles,
  subcommands: [...known, ...others],
};
