import { answerRequest } from "@kubenetsim/api/answer-request";
import type { Edited, FileTree, KubectlHost } from "@kubenetsim/kubectl";
import type { Cluster } from "../cluster/cluster.ts";

export interface KubectlHostOptions {
  readonly files?: FileTree;
  readonly stdin?: string;
  readonly edit?: ((text: string) => Edited) | undefined;
}

/** A cluster as kubectl finds it. What kubectl waits for comes when the cluster settles. */
export function kubectlHost(lab: Cluster, { files = noFiles, stdin = "", edit }: KubectlHostOptions = {}): KubectlHost {
  return {
    handle: (request) => answerRequest(request, (resource) => lab.api.handle(resource)),
    files,
    stdin,
    nowMs: lab.clock.nowMs,
    logs: (namespace, pod, container) => logOf(lab, `${namespace}/${pod}`, container),
    wait: () => lab.settle().length > 0,
    ...(edit === undefined ? {} : { edit }),
  };
}

const noFiles: FileTree = { read: () => undefined, write: () => {}, list: () => undefined };

/** Ingress controllers write one. A Pod that has no address writes nothing yet. */
function logOf(lab: Cluster, pod: string, container: string): string | undefined {
  if (lab.get("Pod", pod)?.status?.podIP === undefined) return undefined;
  const controller = lab.pod(pod).ingressController;
  return controller?.container === container ? controller.logText : undefined;
}
