import { applyYaml } from "@kubenetsim/core/apiserver/apply";
import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { IngressClass } from "@kubenetsim/core/model/ingress";
import type { Secret } from "@kubenetsim/core/model/secret";
import { base64 } from "@kubenetsim/core/runtime/base64";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import { KeptLog, type LogEntry } from "@kubenetsim/ingress/controller-log";
import { IngressNginxController } from "@kubenetsim/ingress/ingress-nginx/controller";
import { SyncQueue } from "@kubenetsim/ingress/ingress-nginx/sync/sync-queue";
import { madeCertificate } from "@kubenetsim/testing/made-certificate";
import type { IngressAnswers, IngressCase } from "./ingress-case.ts";
import { creationSeconds, creationTimes, waitUntilCount } from "./recorded-times.ts";

/** The recorded controller's `--sync-rate-limit 10`, and how long a reload of its nginx took. */
const pace = { periodMs: 100, reloadMs: 150 };
const configMap = "ingress-nginx/ingress-nginx-controller";

/** The class that the recorded cluster had before any case. */
const ownClass: IngressClass = {
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: "nginx" },
  spec: { controller: "k8s.io/ingress-nginx" },
};

/** What is left after all objects of a case were created. */
export interface Recording {
  readonly state: ClusterState;
  readonly controller: IngressNginxController;
  readonly log: readonly LogEntry[];
  readonly reloads: number;
}

/** Creates the objects of a case one after the other and lets the controller hear of them. */
export function replay(recorded: IngressCase, answers: IngressAnswers): Recording {
  const clock = virtualClock();
  const log = new KeptLog();
  const controller = new IngressNginxController({ configMap }, log);
  const queue = new SyncQueue(clock, pace, (key) => syncOnce(controller, log, key));
  const writer = new Writer(clock, controller, queue);
  writer.write(ownClass, undefined);
  writer.write(configMapOf(recorded), undefined);
  clock.advance(10_000);
  const before = { entries: log.entries.length, reloads: controller.reloads };
  const seconds = creationSeconds(answers);
  const start = clock.nowMs;
  for (const [i, at] of creationTimes(recorded, answers).entries()) {
    const object = recorded.objects[i]!;
    clock.advance(start + at - clock.nowMs);
    writer.write(object, object.kind === "Ingress" ? seconds.get(object.metadata.name) : undefined);
  }
  clock.advance(waitUntilCount(answers));
  return {
    state: writer.state,
    controller,
    log: log.entries.slice(before.entries),
    reloads: controller.reloads - before.reloads,
  };
}

function syncOnce(
  controller: IngressNginxController,
  log: KeptLog,
  key: string,
): { failed: boolean; reloaded: boolean } {
  const outcome = controller.sync();
  if (outcome === "refused") log.error("queue.go:137", `"requeuing" err=<\n > key="${key}"`);
  return { failed: outcome === "refused", reloaded: outcome === "reloaded" };
}

class Writer {
  state: ClusterState = emptyState({ serviceCIDRs: ["10.96.0.0/12"] });
  readonly #clock: Clock;
  readonly #controller: IngressNginxController;
  readonly #queue: SyncQueue;
  readonly #random = seededRandom("conformance");

  constructor(clock: Clock, controller: IngressNginxController, queue: SyncQueue) {
    this.#clock = clock;
    this.#controller = controller;
    this.#queue = queue;
  }

  write(object: ApiObject, second: number | undefined): void {
    const stamp = second === undefined ? {} : { creationTimestamp: timestampOf(second * 1000) };
    const stamped = { ...withKeyPair(object), metadata: { ...object.metadata, ...stamp } };
    const context = { random: this.#random, clock: this.#clock };
    const { state, changes } = applyYaml(this.state, JSON.stringify(stamped), object.metadata.name, context);
    this.state = state;
    for (const change of changes) if (this.#controller.apply(change)) this.#queue.add(change.key);
  }
}

function configMapOf({ config }: IngressCase): ApiObject {
  const [namespace, name] = configMap.split("/") as [string, string];
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name }, data: config };
}

const selfSignedFor = "case.local/self-signed-for";

/** A case says of a Secret only for which names its certificate is to be made. */
function withKeyPair(object: ApiObject): ApiObject {
  if (object.metadata.annotations?.[selfSignedFor] === undefined) return object;
  const dnsNames = object.metadata.annotations[selfSignedFor]!.split(",");
  const { certificate, key } = madeCertificate({ commonName: dnsNames[0]!, dnsNames });
  return { ...(object as Secret), data: { "tls.crt": base64(certificate), "tls.key": base64(key) } };
}
