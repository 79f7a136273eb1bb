import type { Random } from "@kubenetsim/core/runtime/random";
import { chance, pick } from "../ipvs/random-draws.ts";
import {
  type Json,
  type JsonObject,
  labels,
  many,
  portNumber,
  portReference,
  protocols,
  seconds,
  some,
  word,
} from "./random-fields.ts";
import { randomIngressSpec, withClassAnnotation } from "./random-ingress.ts";
import { randomPodSpec } from "./random-pod-spec.ts";
import { daemonSet, event, serviceAccount, statefulSet } from "./random-workload.ts";

/** An object to be sent, and the collection that it goes to, below its namespace. */
export interface Draft {
  readonly collection: string;
  readonly object: JsonObject;
}

/** An object of a modelled kind: mostly right. */
export function randomObject(random: Random, name: string): Draft {
  const basic = [service, service, service, pod, pod, deployment, ingress, ingress, slice, map, secret];
  const kind = pick(random, [...basic, statefulSet, daemonSet, serviceAccount, event]);
  return kind(random, { name, ...some(random, 0.4, "labels", labels), ...some(random, 0.2, "annotations", labels) });
}

function service(random: Random, metadata: JsonObject): Draft {
  const type = pick(random, ["ClusterIP", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName", undefined]);
  const ports = many(random, 3, servicePort);
  const spec: JsonObject = {
    ...(type === undefined ? {} : { type }),
    ...some(random, 0.8, "selector", labels),
    ...(ports.length === 0 && chance(random, 0.7) ? { ports: [servicePort(random, 0)] } : { ports }),
    ...(type === "ExternalName" ? { externalName: "db.example.org" } : {}),
    ...(type === "LoadBalancer" || type === "NodePort" ? some(random, 0.4, "externalTrafficPolicy", policy) : {}),
    ...some(random, 0.2, "internalTrafficPolicy", policy),
    ...some(random, 0.2, "sessionAffinity", () => pick(random, ["ClientIP", "None"])),
    ...some(random, 0.1, "sessionAffinityConfig", () => ({ clientIP: { timeoutSeconds: seconds(random) } })),
    ...some(random, 0.15, "externalIPs", () => ["203.0.113.7"]),
    ...some(random, 0.1, "clusterIP", () => pick(random, ["None", "10.96.200.7", ""])),
    ...some(random, 0.1, "ipFamilyPolicy", () => pick(random, ["SingleStack", "PreferDualStack", "RequireDualStack"])),
    ...some(random, 0.1, "ipFamilies", () => pick(random, [["IPv4"], ["IPv6"], ["IPv4", "IPv6"]])),
    ...some(random, 0.1, "publishNotReadyAddresses", () => true),
    ...some(random, 0.1, "allocateLoadBalancerNodePorts", () => false),
    ...some(random, 0.1, "loadBalancerSourceRanges", () => ["192.0.2.0/24"]),
    ...some(random, 0.1, "trafficDistribution", () =>
      pick(random, ["PreferClose", "PreferSameZone", "PreferSameNode"]),
    ),
    ...some(random, 0.05, "loadBalancerClass", () => "example.org/lb"),
  };
  return { collection: "/api/v1/*/services", object: { apiVersion: "v1", kind: "Service", metadata, spec } };
}

const policy = (random: Random): Json => pick(random, ["Local", "Cluster"]);

function servicePort(random: Random, index: number): JsonObject {
  return {
    ...some(random, index === 0 ? 0.6 : 0.9, "name", () => `p${index}`),
    port: portNumber(random) + index,
    ...some(random, 0.5, "protocol", () => pick(random, protocols)),
    ...some(random, 0.5, "targetPort", portReference),
    ...some(random, 0.1, "appProtocol", () => "kubernetes.io/h2c"),
  };
}

function pod(random: Random, metadata: JsonObject): Draft {
  const object = { apiVersion: "v1", kind: "Pod", metadata, spec: randomPodSpec(random) };
  return { collection: "/api/v1/*/pods", object };
}

function deployment(random: Random, metadata: JsonObject): Draft {
  const chosen = { app: word(random) };
  const object: JsonObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      ...some(random, 0.6, "replicas", () => random.below(4)),
      selector: { matchLabels: chosen },
      template: { metadata: { labels: chance(random, 0.95) ? chosen : { app: "other" } }, spec: randomPodSpec(random) },
      ...some(random, 0.2, "strategy", () =>
        pick<Json>(random, [{ type: "Recreate" }, { rollingUpdate: { maxSurge: 1 } }]),
      ),
      ...some(random, 0.1, "minReadySeconds", () => 5),
      ...some(random, 0.1, "paused", () => true),
    },
  };
  return { collection: "/apis/apps/v1/*/deployments", object };
}

function ingress(random: Random, metadata: JsonObject): Draft {
  const object: JsonObject = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: withClassAnnotation(random, metadata),
    spec: randomIngressSpec(random),
  };
  return { collection: "/apis/networking.k8s.io/v1/*/ingresses", object };
}

function slice(random: Random, metadata: JsonObject): Draft {
  const v6 = chance(random, 0.3);
  const object: JsonObject = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata,
    addressType: v6 ? "IPv6" : "IPv4",
    endpoints: many(random, 3, (draws, index) => ({
      addresses: [v6 ? `fd00::${index + 1}` : `10.0.0.${index + 1}`],
      ...some(draws, 0.5, "conditions", () => ({ ready: chance(draws, 0.7) })),
      ...some(draws, 0.3, "nodeName", () => "node1"),
      ...some(draws, 0.2, "hostname", () => "h"),
      ...some(draws, 0.2, "zone", () => "z"),
    })) as Json,
    ...some(
      random,
      0.8,
      "ports",
      () =>
        many(random, 2, (draws, index) => ({
          ...some(draws, 0.7, "name", () => `p${index}`),
          ...some(draws, 0.9, "port", portNumber),
          ...some(draws, 0.5, "protocol", () => pick(draws, protocols)),
        })) as Json,
    ),
  };
  return { collection: "/apis/discovery.k8s.io/v1/*/endpointslices", object };
}

function map(random: Random, metadata: JsonObject): Draft {
  const object: JsonObject = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    ...some(random, 0.8, "data", labels),
    ...some(random, 0.2, "binaryData", () => ({ b: "aGk=" })),
    ...some(random, 0.1, "immutable", () => true),
  };
  return { collection: "/api/v1/*/configmaps", object };
}

function secret(random: Random, metadata: JsonObject): Draft {
  const object: JsonObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata,
    ...some(random, 0.6, "data", () => ({ a: "aGk=", "tls.crt": "eA==" })),
    ...some(random, 0.3, "stringData", () => ({ s: "text ü" })),
    ...some(random, 0.4, "type", () =>
      pick(random, ["Opaque", "kubernetes.io/tls", "kubernetes.io/basic-auth", "example.org/own"]),
    ),
  };
  return { collection: "/api/v1/*/secrets", object };
}
