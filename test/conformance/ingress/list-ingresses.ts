import { answerRequest } from "@kubenetsim/api/answer-request";
import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { RestServer } from "@kubenetsim/core/apiserver/rest/rest-server";
import type { ApiStore } from "@kubenetsim/core/apiserver/rest/store";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { runKubectl } from "@kubenetsim/kubectl";

/** The lines of `kubectl get ingress -A`, typed in this second. */
export function listIngresses(state: ClusterState, second: number): string[] {
  const nowMs = second * 1000;
  const store: ApiStore = {
    state,
    clock: virtualClock(nowMs),
    random: seededRandom("conformance"),
    commit: () => {},
    oldestRevision: 0,
    changesSince: () => [],
    watch: () => () => {},
  };
  const server = new RestServer(store);
  const result = runKubectl(["get", "ingress", "-A"], {
    handle: (request) => answerRequest(request, (resource) => server.handle(resource)),
    files: { read: () => undefined, write: () => {}, list: () => undefined },
    stdin: "",
    nowMs,
    wait: () => false,
  });
  return result.stdout.trimEnd().split("\n");
}
