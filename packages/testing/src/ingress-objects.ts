import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";

/** Path, path type, name of the Service. */
export type IngressPathParts = readonly [path: string, pathType: string, service: string];

export interface IngressParts {
  readonly host?: string;
  readonly paths?: readonly IngressPathParts[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly second?: number;
  readonly tls?: Ingress["spec"]["tls"];
}

/** Names of Services in the namespace `n`. */
export const serviceNames: readonly string[] = ["s0", "s1", "s2"];

/** Each Service has one Pod: 10.244.0.N for the Nth, 10.244.1.0 behind 10.244.0.255. */
export function serviceObjects(names: readonly string[] = serviceNames): ApiObject[] {
  return names.flatMap((name, i): ApiObject[] => [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "n", name },
      spec: { ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { namespace: "n", name: `${name}-1`, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      ports: [{ name: "", port: 8080, protocol: "TCP" }],
      endpoints: [{ addresses: [`10.244.${i >> 8}.${i & 255}`], conditions: { ready: true } }],
    },
  ]);
}

/** An Ingress of namespace `n` with one rule, for the controller that reads the older class annotation. Annotations go without their prefix. */
export function ingressObject(
  name: string,
  { host, paths = [], annotations = {}, second = 0, tls }: IngressParts,
): Ingress {
  const named = Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      namespace: "n",
      name,
      annotations: { "kubernetes.io/ingress.class": "nginx", ...Object.fromEntries(named) },
      creationTimestamp: `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`,
    },
    spec: {
      ...(tls !== undefined && { tls }),
      rules: [
        {
          ...(host !== undefined && { host }),
          http: {
            paths: paths.map(([path, pathType, service]) => ({
              path,
              pathType,
              backend: { service: { name: service, port: { number: 80 } } },
            })),
          },
        },
      ],
    },
  };
}
