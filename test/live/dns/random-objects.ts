import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Draws } from "./draws.ts";

export const namespaces = ["default", "ns1", "ns2", "empty", "kube-system"];
export const services = [
  "web",
  "api",
  "db",
  "head",
  "ext",
  "ext2",
  "loop",
  "a",
  "kubernetes",
  "x1",
  "empty-svc",
  "big",
];
export const ports: readonly (readonly [name: string, port: number, protocol: string])[] = [
  ["http", 80, "TCP"],
  ["https", 443, "TCP"],
  ["dns", 53, "UDP"],
  ["dns-tcp", 53, "TCP"],
  ["", 8080, "TCP"],
  ["sctp", 9, "SCTP"],
];
const v6Addresses = ["fd00::2", "fd00::", "fd00:1::1", "fd00:2::", "fd00::a:b", "2001:db8::1:0:0:1"];

export function v4Address(draw: Draws): string {
  return `10.244.${draw.below(3)}.${draw.below(8)}`;
}

const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): ApiObject =>
  ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } }) as ApiObject;

/** What is there from the beginning: among it the Pod that asks, which has the address of loopback. */
export const firstObjects: readonly ApiObject[] = [
  namespace("default"),
  namespace("ns1", { team: "red" }),
  namespace("ns2", { team: "blue" }),
  namespace("empty"),
  namespace("kube-system"),
  podOf("ns1", "asker", ["127.0.0.1"]),
  sliceOf(
    "ns1",
    "big-0",
    "big",
    Array.from({ length: 60 }, (_, at) => ({ addresses: [`10.244.9.${at}`], conditions: { ready: true } })),
    [{ name: "http", port: 8080, protocol: "TCP" }],
  ),
  serviceOf("ns1", "big", {
    clusterIP: "None",
    clusterIPs: ["None"],
    ports: [{ name: "http", port: 80, protocol: "TCP" }],
  }),
];

export function randomObject(draw: Draws): ApiObject {
  const home = draw.one(namespaces);
  const kind = draw.below(100);
  if (kind < 45) return randomService(draw, home);
  if (kind < 85) return randomSlice(draw, home);
  if (kind < 97) return randomPod(draw, home);
  return namespace(draw.one(["default", "ns1", "ns2", "kube-system"]), draw.one([{}, { team: "red" }]));
}

function randomService(draw: Draws, home: string): ApiObject {
  const name = draw.one(services);
  const number = namespaces.indexOf(home) * services.length + services.indexOf(name);
  const v4 = `10.96.${number % 7}.${Math.floor(number / 7)}`;
  const v6 = `fd00:96::${number.toString(16)}`;
  const drawn = draw
    .some(ports, 3)
    .map(([port, ...rest]) => ({ name: port, port: rest[0], protocol: rest[1], targetPort: rest[0] }));
  const clusterIPs = draw.one([[v4], [v4], [v4, v6], [v6, v4], [v6], ["None"], ["None"], []]);
  const spec =
    clusterIPs.length === 0
      ? { type: "ExternalName", externalName: randomTarget(draw, `${name}.${home}`), ports: drawn }
      : {
          type: clusterIPs[0] === "None" ? "ClusterIP" : draw.one(["ClusterIP", "NodePort", "LoadBalancer"]),
          clusterIP: clusterIPs[0],
          clusterIPs,
          ports: drawn,
          ...(draw.onceIn(3) && { externalIPs: [`192.0.2.${draw.below(6)}`] }),
        };
  const ingress = draw.one([
    undefined,
    undefined,
    { ip: `198.51.100.${draw.below(4)}` },
    { ip: "2001:db8::99" },
    { hostname: "lb.example.com" },
  ]);
  return serviceOf(
    home,
    name,
    spec,
    { loadBalancer: ingress === undefined ? {} : { ingress: [ingress] } },
    draw.one([{}, { app: "x" }]),
  );
}

function randomTarget(draw: Draws, itself: string): string {
  const other = `${draw.one(services)}.${draw.one(namespaces)}`;
  return draw.one([
    "www.example.test",
    "example.com",
    "big.test",
    `${other}.svc.cluster.local`,
    `${other}.svc.cluster.local.`,
    "1.2.3.4",
    "fd00::1",
    `${itself}.svc.cluster.local`,
    "cluster.local",
    "WEB.ns1.svc.cluster.local",
    "web.ext.example",
  ]);
}

function randomSlice(draw: Draws, home: string): ApiObject {
  const isV6 = draw.onceIn(4);
  const endpoints = Array.from({ length: draw.below(5) }, () => ({
    addresses: [isV6 ? draw.one(v6Addresses) : v4Address(draw)],
    conditions: draw.one([
      { ready: true },
      { ready: true },
      { ready: true },
      { ready: false },
      {},
      { ready: false, serving: true, terminating: true },
    ]),
    ...(draw.onceIn(3) && { hostname: draw.one(["ep1", "ep2", "pod-0"]) }),
    ...(!draw.onceIn(3) && {
      targetRef: { kind: "Pod", namespace: home, name: draw.onceIn(10) ? "long-".repeat(14) : `pod-${draw.below(4)}` },
    }),
    ...(!draw.onceIn(3) && { zone: draw.one(["zone-a", "zone-b", "Zone.C"]) }),
  }));
  const service = draw.one(services);
  const drawn = draw.some(ports, 2).map(([name, port, protocol]) => ({ name, port: port + 8000, protocol }));
  return sliceOf(home, `${service}-${draw.below(3)}`, service, endpoints, drawn, isV6 ? "IPv6" : "IPv4");
}

function randomPod(draw: Draws, home: string): ApiObject {
  return podOf(home, `pod-${draw.below(4)}`, [v4Address(draw), ...draw.some(v6Addresses, 1)]);
}

function podOf(home: string, name: string, ips: readonly string[]): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: home },
    spec: { containers: [{ name: "main" }] },
    status: { phase: "Running", podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) },
  } as ApiObject;
}

function serviceOf(home: string, name: string, spec: object, status: object = {}, labels: object = {}): ApiObject {
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: home, labels }, spec, status } as ApiObject;
}

function sliceOf(
  home: string,
  name: string,
  service: string,
  endpoints: readonly object[],
  slicePorts: readonly object[],
  addressType = "IPv4",
): ApiObject {
  const labels = { "kubernetes.io/service-name": service };
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace: home, labels },
    addressType,
    endpoints,
    ports: slicePorts,
  } as unknown as ApiObject;
}
