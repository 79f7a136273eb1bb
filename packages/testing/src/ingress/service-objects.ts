import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Secret } from "@kubenetsim/core/model/secret";
import type { Service } from "@kubenetsim/core/model/service";
import { base64 } from "@kubenetsim/core/runtime/base64";
import * as fc from "fast-check";
import { keyPairs } from "./key-pairs.ts";

const services = ["s0", "s1", "s2", "s3"];

/** Namespaces of everything; most is in the first. */
export const namespace: fc.Arbitrary<string> = fc.constantFrom("n", "n", "n", "m");
/** Names of Services, some of which are never made. */
export const serviceName: fc.Arbitrary<string> = fc.constantFrom(...services, ...services, "missing");

const portSets = [
  [{ port: 80, targetPort: 8080 }],
  [{ name: "http", port: 80, targetPort: "http" }],
  [
    { name: "http", port: 80, targetPort: 8080 },
    { name: "https", port: 443, targetPort: "tls" },
  ],
  [
    { name: "web", port: 8080, targetPort: 80 },
    { name: "http", port: 80, targetPort: 8080 },
  ],
  [{ name: "dns", port: 80, targetPort: 53, protocol: "UDP" as const }],
  [{ name: "http", port: 443, targetPort: "80" }],
].map((ports) => ports.map((port) => ({ protocol: "TCP" as const, ...port })));

const externalNames = [
  "example.org",
  "example.org.",
  "Bad_Name",
  "localhost",
  "127.0.0.1",
  "::1",
  "203.0.113.9",
  "x..y",
];

const serviceSpec: fc.Arbitrary<Service["spec"]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom("ClusterIP" as const, "NodePort" as const),
      clusterIP: fc.constantFrom("10.96.0.10", "fd00::10"),
      ports: fc.constantFrom(...portSets),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("ClusterIP" as const),
      clusterIP: fc.constant("None"),
      ports: fc.constantFrom(...portSets, []),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("ExternalName" as const),
      externalName: fc.constantFrom(...externalNames),
      ports: fc.constantFrom(...portSets, []),
    }),
  },
);

export const serviceObject: fc.Arbitrary<Service> = fc
  .record({ namespace, name: fc.constantFrom(...services), label: fc.constantFrom("x", "y"), spec: serviceSpec })
  .map(({ label, spec, ...metadata }) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata, labels: { label } },
    spec,
  }));

const endpoint = fc.record(
  {
    addresses: fc.constantFrom(["10.244.0.1"], ["10.244.0.2"], ["10.244.0.3"], ["10.244.0.4"]),
    conditions: fc.constantFrom(
      { ready: true, serving: true, terminating: false },
      { ready: true },
      {},
      { ready: false, serving: false, terminating: false },
      { ready: false, serving: true, terminating: true },
    ),
    targetRef: fc.constantFrom(
      { kind: "Pod", namespace: "n", name: "p", uid: "1" },
      { kind: "Pod", namespace: "n", name: "q", uid: "2" },
    ),
  },
  { requiredKeys: ["addresses", "conditions"] },
);

const slicePorts = fc.uniqueArray(
  fc.constantFrom(
    { name: "", port: 8080, protocol: "TCP" as const },
    { name: "http", port: 8080, protocol: "TCP" as const },
    { name: "http", port: 80, protocol: "TCP" as const },
    { name: "web", port: 80, protocol: "TCP" as const },
    { name: "https", port: 8443, protocol: "TCP" as const },
    { name: "dns", port: 53, protocol: "UDP" as const },
  ),
  { maxLength: 3, selector: ({ name }) => name },
);

/** One of two of a Service, its name made of the Service's or written by hand. */
export const sliceObject: fc.Arbitrary<EndpointSlice> = fc
  .record({
    namespace,
    service: fc.constantFrom(...services),
    name: fc.constantFrom("1", "1", "1", "2", "2", "other"),
    ports: slicePorts,
    endpoints: fc.uniqueArray(endpoint, { maxLength: 4, selector: ({ addresses }) => addresses[0] }),
  })
  .map(({ namespace: space, service, name, ports, endpoints }) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      namespace: space,
      name: name === "other" ? `other-${service}` : `${service}-${name}`,
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: "IPv4",
    ports,
    endpoints,
  }));

const secretData: fc.Arbitrary<Secret["data"]> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...keyPairs)
      .map(({ certificate, key }) => ({ "tls.crt": base64(certificate), "tls.key": base64(key) })),
  },
  fc.constantFrom(
    { auth: base64("foo:$apr1$OFG3Xybp$ckL0FHDAkoXYIlH9.cysT0\n") },
    { other: base64("x") },
    { user: base64("hash") },
  ),
);

export const secretObject: fc.Arbitrary<Secret> = fc
  .record({ namespace, name: fc.constantFrom("t0", "t1", "t2", "users"), data: secretData })
  .map(({ data, ...metadata }) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { ...metadata, uid: `uid-${metadata.namespace}-${metadata.name}` },
    type: "Opaque",
    ...(data !== undefined && { data }),
  }));
