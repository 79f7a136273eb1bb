import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { KeptLog } from "@kubenetsim/ingress/controller-log";
import { IngressNginxController, type SyncOutcome } from "@kubenetsim/ingress/ingress-nginx/controller";
import type { Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import type { IngressCase, IngressChange } from "@kubenetsim/testing/ingress/ingress-case";

/** What ours made of a step. */
export interface OwnStep {
  readonly asked: readonly boolean[];
  readonly outcome: SyncOutcome | undefined;
  /** `W controller.go:1241] text`. */
  readonly log: readonly string[];
  /** What runs after it. */
  readonly running: Configuration | undefined;
}

/** Shows a case to our controller, step by step. */
export function* askOwn({ options, steps }: IngressCase): Generator<OwnStep> {
  const log = new KeptLog();
  const controller = new IngressNginxController(options, log);
  const objects = new Map<string, ApiObject>();
  for (const { changes } of steps) {
    log.entries.length = 0;
    const asked = changes.map((change) => {
      const heard = changeOf(change, objects);
      return heard !== undefined && controller.apply(heard);
    });
    const outcome = asked.includes(true) ? controller.sync() : undefined;
    const lines = log.entries.map(({ severity, source, message }) => `${severity} ${source}] ${message}`);
    yield { asked, outcome, log: lines, running: controller.running };
  }
}

function changeOf(change: IngressChange, objects: Map<string, ApiObject>): Change | undefined {
  const name = "deleted" in change ? change.deleted : nameOf(change.put);
  const [kind, key] = name.split(" ") as [Change["kind"], string];
  const before = objects.get(name);
  if ("put" in change) {
    objects.set(name, change.put);
    return { revision: 1, kind, key, before, after: change.put };
  }
  objects.delete(name);
  return before && { revision: 1, kind, key, before, after: undefined };
}

function nameOf({ kind, metadata: { namespace, name } }: ApiObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
