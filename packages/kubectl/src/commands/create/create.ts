import type { Command } from "../command.ts";
import { createConfigMap } from "./create-config-map.ts";
import { createDeployment } from "./create-deployment.ts";
import { createFlags, createFromFiles } from "./create-files.ts";
import { createIngress } from "./create-ingress.ts";
import { createNamespace } from "./create-namespace.ts";
import { createSecret } from "./create-secret.ts";
import { createService } from "./create-service.ts";

/** `kubectl create`. */
export const create: Command = {
  name: "create",
  short: "Create a resource from a file or from stdin",
  flags: createFlags,
  run: createFromFiles,
  subcommands: [createConfigMap, createDeployment, createIngress, createNamespace, createSecret, createService],
};
