import type { Random } from "@kubenetsim/core/runtime/random";
import { chance, pick } from "../ipvs/random-draws.ts";
import { type Json, type JsonObject, some, word } from "./random-fields.ts";
import type { Draft } from "./random-object.ts";
import { randomPodSpec } from "./random-pod-spec.ts";

const countOrPercent = (random: Random): Json => pick<Json>(random, [0, 1, 3, -1, "0%", "25%", "150%", "x", "5"]);

/** A selector and a template that it mostly matches. */
function selected(random: Random): JsonObject {
  const chosen = { app: word(random) };
  return {
    ...some(random, 0.97, "selector", () =>
      pick<Json>(random, [
        { matchLabels: chosen },
        { matchLabels: chosen },
        { matchExpressions: [{ key: "app", operator: "Exists" }] },
      ]),
    ),
    template: { metadata: { labels: chance(random, 0.95) ? chosen : { app: "other" } }, spec: randomPodSpec(random) },
  };
}

export function statefulSet(random: Random, metadata: JsonObject): Draft {
  const object: JsonObject = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata,
    spec: {
      ...selected(random),
      ...some(random, 0.6, "replicas", () => random.below(4)),
      ...some(random, 0.7, "serviceName", () => pick(random, ["web", "db", "a.b", "Web"])),
      ...some(random, 0.3, "podManagementPolicy", () => pick(random, ["Parallel", "OrderedReady", "Odd"])),
      ...some(random, 0.4, "updateStrategy", (draws) => ({
        ...some(draws, 0.8, "type", () => pick(draws, ["RollingUpdate", "RollingUpdate", "OnDelete", "Odd"])),
        ...some(draws, 0.5, "rollingUpdate", (one) => ({
          ...some(one, 0.5, "partition", () => one.below(4) - 1),
          ...some(one, 0.5, "maxUnavailable", countOrPercent),
        })),
      })),
      ...some(random, 0.1, "minReadySeconds", () => random.below(7) - 1),
      ...some(random, 0.1, "revisionHistoryLimit", () => random.below(4) - 1),
      ...some(random, 0.1, "ordinals", () => ({ start: random.below(4) - 1 })),
      ...some(random, 0.1, "persistentVolumeClaimRetentionPolicy", () =>
        pick<Json>(random, [{ whenScaled: "Delete" }, { whenDeleted: "Odd" }, {}]),
      ),
      ...some(random, 0.1, "volumeClaimTemplates", () => [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      ]),
    },
  };
  return { collection: "/apis/apps/v1/*/statefulsets", object };
}

export function daemonSet(random: Random, metadata: JsonObject): Draft {
  const object: JsonObject = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata,
    spec: {
      ...selected(random),
      ...some(random, 0.4, "updateStrategy", (draws) => ({
        ...some(draws, 0.8, "type", () => pick(draws, ["RollingUpdate", "RollingUpdate", "OnDelete", "Odd"])),
        ...some(draws, 0.6, "rollingUpdate", (one) => ({
          ...some(one, 0.5, "maxSurge", countOrPercent),
          ...some(one, 0.5, "maxUnavailable", countOrPercent),
        })),
      })),
      ...some(random, 0.1, "minReadySeconds", () => random.below(7) - 1),
      ...some(random, 0.1, "revisionHistoryLimit", () => random.below(4) - 1),
    },
  };
  return { collection: "/apis/apps/v1/*/daemonsets", object };
}

export function serviceAccount(random: Random, metadata: JsonObject): Draft {
  const object: JsonObject = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata,
    ...some(random, 0.3, "secrets", () => [{ name: "a", namespace: "b", kind: "Secret" }]),
    ...some(random, 0.3, "imagePullSecrets", () => [{ name: "x" }]),
    ...some(random, 0.3, "automountServiceAccountToken", () => chance(random, 0.5)),
  };
  return { collection: "/api/v1/*/serviceaccounts", object };
}

export function event(random: Random, metadata: JsonObject): Draft {
  const object: JsonObject = {
    apiVersion: "v1",
    kind: "Event",
    metadata,
    ...some(random, 0.9, "involvedObject", (draws) => ({
      kind: pick(draws, ["Pod", "Node"]),
      name: word(draws),
      ...some(draws, 0.3, "namespace", () => pick(draws, ["default", "other"])),
      ...some(draws, 0.3, "fieldPath", () => "spec.containers{c}"),
    })),
    ...some(random, 0.8, "reason", () => "Started"),
    ...some(random, 0.8, "message", () => " it did\n"),
    ...some(random, 0.8, "type", () => pick(random, ["Normal", "Warning", "Odd"])),
    ...some(random, 0.5, "count", () => random.below(4)),
    ...some(random, 0.5, "source", () => ({ component: "kubelet", ...some(random, 0.5, "host", () => "n1") })),
    ...some(random, 0.7, "eventTime", () => "2030-01-01T00:00:00.123456Z"),
    ...some(random, 0.6, "reportingComponent", () => pick(random, ["example.org/it", "kubelet", "a/b/c"])),
    ...some(random, 0.6, "reportingInstance", () => "it-1"),
    ...some(random, 0.6, "action", () => "Start"),
    ...some(random, 0.3, "series", () => ({ count: random.below(4), lastObservedTime: "2030-01-01T00:05:00.000000Z" })),
  };
  return { collection: "/api/v1/*/events", object };
}
