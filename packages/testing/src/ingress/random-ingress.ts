import type { Ingress, IngressBackend, IngressClass, IngressPath, IngressRule } from "@kubenetsim/core/model/ingress";
import * as fc from "fast-check";
import { ingressAnnotations } from "./ingress-annotations.ts";
import { namespace, serviceName } from "./service-objects.ts";

/** The second in which each Ingress was created, by the number of its name. */
export type IngressTimes = readonly number[];

const names = ["i0", "i1", "i2", "i3", "i4", "i5"];
const hosts = ["a.test", "a.test", "b.test", "*.test", "www.a.test", "test", "a.b.test", ""];
const regexPaths = ["/item/[0-9]+", "/p(/|$)(.*)", "/A", "/x.y"];
const paths = ["/", "/", "/a", "/a", "/a/", "/a/b", "/ab", "/é", ...regexPaths, "/.well-known/acme-challenge/x"];

const servicePort = fc.constantFrom(
  ...[{ number: 80 }, { number: 80 }, { number: 8080 }, { number: 9999 }],
  ...[{ name: "http" }, { name: "https" }, { name: "nope" }],
);

const serviceBackend: fc.Arbitrary<IngressBackend> = fc
  .record({ name: serviceName, port: servicePort })
  .map((service) => ({ service }));

const backend: fc.Arbitrary<IngressBackend> = fc.oneof(
  { weight: 12, arbitrary: serviceBackend },
  { weight: 1, arbitrary: fc.constant({ resource: { apiGroup: "k.io", kind: "Bucket", name: "b" } }) },
);

const ingressPath: fc.Arbitrary<IngressPath> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ path: fc.constantFrom(...paths), pathType: fc.constantFrom("Exact", "Prefix"), backend }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { path: fc.constantFrom(...paths, ""), pathType: fc.constant("ImplementationSpecific"), backend },
      { requiredKeys: ["pathType", "backend"] },
    ),
  },
);

const rule: fc.Arbitrary<IngressRule> = fc
  .record(
    {
      host: fc.constantFrom(...hosts),
      http: fc.array(ingressPath, { minLength: 1, maxLength: 3 }).map((all) => ({ paths: all })),
    },
    { requiredKeys: ["host"] },
  )
  .map(({ host, ...rest }) => ({ ...(host !== "" && { host }), ...rest }));

const tls = fc.array(
  fc.record(
    {
      hosts: fc.subarray(["a.test", "b.test", "*.test", "test"], { maxLength: 2 }),
      secretName: fc.constantFrom("t0", "t1", "t2", "missing"),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 2 },
);

const className = fc.constantFrom("nginx", "nginx", "nginx", "foreign", "unknown");

const spec: fc.Arbitrary<Ingress["spec"]> = fc.record(
  {
    ingressClassName: className,
    defaultBackend: backend,
    tls,
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** Ingresses of a few names, created when their numbers say. */
export function ingressObjectOf(times: IngressTimes): fc.Arbitrary<Ingress> {
  return fc
    .record({
      namespace,
      name: fc.constantFrom(...names),
      classAnnotation: fc.constantFrom("nginx", "nginx", "nginx", "nginx", "other", undefined),
      label: fc.constantFrom("x", "y"),
      annotations: ingressAnnotations,
      spec,
    })
    .map(({ namespace: space, name, classAnnotation, label, annotations, spec: wanted }) => {
      const second = times[names.indexOf(name) + (space === "n" ? 0 : 8)]!;
      const isEmpty = wanted.defaultBackend === undefined && wanted.rules === undefined;
      return {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: {
          namespace: space,
          name,
          uid: `uid-${space}-${name}`,
          labels: { label },
          annotations: {
            ...(classAnnotation !== undefined && { "kubernetes.io/ingress.class": classAnnotation }),
            ...annotations,
          },
          creationTimestamp: `2026-01-01T00:00:0${second}Z`,
        },
        spec: isEmpty ? { ...wanted, rules: [{ host: "a.test" }] } : wanted,
      };
    });
}

export const classObject: fc.Arbitrary<IngressClass> = fc
  .record({
    name: fc.constantFrom("nginx", "nginx", "foreign"),
    controller: fc.constantFrom("k8s.io/ingress-nginx", "k8s.io/ingress-nginx", "example.com/other"),
    parameters: fc.constantFrom(undefined, { apiGroup: "k.io", kind: "P", name: "p", scope: "Cluster" }),
  })
  .map(({ name, controller, parameters }) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name },
    spec: { controller, ...(parameters !== undefined && { parameters }) },
  }));
