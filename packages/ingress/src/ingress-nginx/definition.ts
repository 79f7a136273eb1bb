import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { IngressControllerDefinition } from "../ingress-controller.ts";
import { type ControllerFlags, readControllerFlags } from "./flags/controller-flags.ts";
import { IngressNginxProcess } from "./process/ingress-nginx-process.ts";

/**
 * Images of ingress-nginx: the project's own (`…/ingress-nginx/controller`, `…-chroot`), the older one, and copies of them under names
 * of others' registries.
 */
const images =
  /(^|\/)(ingress-nginx\/controller(-chroot)?|(nginx-ingress-controller|ingress-nginx-controller)(-[a-z0-9]+)?)(:|@|$)/;

/** ingress-nginx as a controller to plug in: the one that a cluster has anyway. */
export const ingressNginx: IngressControllerDefinition = {
  name: "ingress-nginx",
  runs: (image) => images.test(image),
  start: (process) => {
    const flags = readControllerFlags(process.args);
    requireObjects(flags, process.state);
    return new IngressNginxProcess(flags, process);
  },
};

/** What has to be there when the program starts (cmd/nginx/main.go). */
function requireObjects(
  { defaultBackendService, publishService, watchNamespace }: ControllerFlags,
  state: ClusterState,
): void {
  for (const key of [defaultBackendService, publishService]) {
    if (key === undefined || state.tables.Service.has(key)) continue;
    const [namespace, name, ...more] = key.split("/");
    if (name === undefined || more.length > 0)
      throw new ParseError(`invalid format (namespace/name) found in '${key}'`);
    throw new ParseError(`no service with name ${name} found in namespace ${namespace}: services "${name}" not found`);
  }
  if (watchNamespace !== "" && !state.tables.Namespace.has(watchNamespace)) {
    throw new ParseError(`No namespace with name ${watchNamespace} found: namespaces "${watchNamespace}" not found`);
  }
}
