import type { LoadBalancerIngress, Service, ServiceSpec, TrafficPolicy } from "@kubenetsim/core/model/service";
import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import * as fc from "fast-check";

/** Ports of Services and of their slices have these names; a Service with one port leaves it "". */
export const portNames = ["http", "dns", "p-2"] as const;

type StoredKind = "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName" | "Headless" | "OtherProxy";

interface StoredServicePlan {
  readonly kind: StoredKind;
  readonly families: readonly IpFamily[];
  readonly ports: readonly { readonly port: number; readonly protocol: Protocol; readonly target: number }[];
  readonly externalIPs: readonly ("IPv4" | "IPv6" | "sloppy")[];
  readonly ingress: readonly IngressPlan[];
  readonly sourceRanges: readonly string[];
  readonly external: TrafficPolicy;
  readonly internal: TrafficPolicy | undefined;
  readonly affinity: number | undefined;
  readonly noNodePorts: boolean;
}

interface IngressPlan {
  readonly at: "IPv4" | "IPv6" | "hostname";
  readonly ipMode: "VIP" | "Proxy" | undefined;
}

/**
 * A Service with defaults and allocations as the API server stores it. Its number gives it a name, a namespace and
 * addresses and node ports that no other number has; with `mayShare`, now and then a node port that others may have too.
 */
export function storedService(number: number, mayShare = false): fc.Arbitrary<Service> {
  return fc.tuple(plan(), rarely()).map(([one, shares]) => {
    const service = serviceOf(one, number);
    return mayShare && shares ? withSharedNodePorts(service) : service;
  });
}

/** Node ports that other Services may have too, which the API server itself would refuse. */
function withSharedNodePorts(service: Service): Service {
  const ports = service.spec.ports?.map((port) => (port.nodePort === undefined ? port : { ...port, nodePort: 32_000 }));
  return ports === undefined ? service : { ...service, spec: { ...service.spec, ports } };
}

function rarely(): fc.Arbitrary<boolean> {
  return weighted([
    [9, false],
    [1, true],
  ]);
}

export function serviceName(number: number): { readonly name: string; readonly namespace: string } {
  return { name: `svc-${number}`, namespace: number % 3 === 2 ? "team-a" : "default" };
}

function plan(): fc.Arbitrary<StoredServicePlan> {
  return fc.record({
    kind: weighted(kinds),
    families: weighted(familyLists),
    ports: fc.uniqueArray(portPlan(), {
      minLength: 1,
      maxLength: 3,
      selector: ({ port, protocol }) => `${port}/${protocol}`,
    }),
    externalIPs: weighted(externalIPLists),
    ingress: fc.array(ingressPlan(), { maxLength: 3 }),
    sourceRanges: fc.constantFrom(...sourceRangeLists),
    external: fc.constantFrom<TrafficPolicy>("Cluster", "Local"),
    internal: weighted<TrafficPolicy | undefined>([
      [4, "Cluster"],
      [2, "Local"],
      [1, undefined],
    ]),
    affinity: fc.constantFrom(undefined, undefined, undefined, undefined, 10800, 1, 60, 86400),
    noNodePorts: weighted([
      [5, false],
      [1, true],
    ]),
  });
}

const kinds: readonly (readonly [number, StoredKind])[] = [
  [8, "ClusterIP"],
  [8, "NodePort"],
  [12, "LoadBalancer"],
  [1, "ExternalName"],
  [1, "Headless"],
  [1, "OtherProxy"],
];
const familyLists: readonly (readonly [number, readonly IpFamily[]])[] = [
  [4, ["IPv4"]],
  [2, ["IPv6"]],
  [2, ["IPv4", "IPv6"]],
  [1, ["IPv6", "IPv4"]],
];
const externalIPLists: readonly (readonly [number, StoredServicePlan["externalIPs"]])[] = [
  [5, []],
  [2, ["IPv4"]],
  [1, ["IPv6"]],
  [1, ["IPv4", "IPv6", "IPv4"]],
  [1, ["sloppy"]],
];
const sourceRangeLists: readonly (readonly string[])[] = [
  [],
  [],
  ["10.0.0.0/8"],
  [" 192.0.2.0/24 ", "198.18.0.1/32", "fd00:99::/64"],
  ["192.168.10.0/24", "fd00:10::/32"],
  ["0.0.0.0/0", "192.0.2.0/24"],
  ["::/0"],
  ["fd00:99::/64"],
];

function portPlan(): fc.Arbitrary<StoredServicePlan["ports"][number]> {
  return fc.record({
    port: fc.constantFrom(80, 53, 443, 8000),
    protocol: weighted<Protocol>([
      [5, "TCP"],
      [3, "UDP"],
      [1, "SCTP"],
    ]),
    target: fc.constantFrom(8080, 5353, 80),
  });
}

function ingressPlan(): fc.Arbitrary<IngressPlan> {
  return fc.record({
    at: weighted<IngressPlan["at"]>([
      [5, "IPv4"],
      [3, "IPv6"],
      [1, "hostname"],
    ]),
    ipMode: fc.constantFrom(undefined, "VIP" as const, "Proxy" as const),
  });
}

function serviceOf(one: StoredServicePlan, number: number): Service {
  const { name, namespace } = serviceName(number);
  const labels = one.kind === "OtherProxy" ? { "service.kubernetes.io/service-proxy-name": "other" } : undefined;
  const metadata = { name, namespace, ...(labels === undefined ? {} : { labels }) };
  if (one.kind === "ExternalName") {
    const spec = { type: "ExternalName", externalName: `host-${number}.example.com`, sessionAffinity: "None" } as const;
    return { apiVersion: "v1", kind: "Service", metadata, spec };
  }
  const type = one.kind === "NodePort" || one.kind === "LoadBalancer" ? one.kind : "ClusterIP";
  const clusterIPs = one.kind === "Headless" ? ["None"] : one.families.map((family) => clusterIP(family, number));
  const spec: ServiceSpec = {
    type,
    clusterIP: clusterIPs[0]!,
    clusterIPs,
    ipFamilies: one.families,
    ipFamilyPolicy: one.families.length === 1 ? "SingleStack" : "RequireDualStack",
    ports: one.ports.map((port, index) => ({
      ...(one.ports.length > 1 ? { name: portNames[index]! } : {}),
      protocol: port.protocol,
      port: port.port,
      targetPort: port.target,
      ...(type === "ClusterIP" || (type === "LoadBalancer" && one.noNodePorts)
        ? {}
        : { nodePort: 30000 + 4 * number + index }),
    })),
    ...reachFields(one, number),
    ...(one.internal === undefined ? {} : { internalTrafficPolicy: one.internal }),
    ...(one.affinity === undefined
      ? { sessionAffinity: "None" }
      : { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: one.affinity } } }),
  };
  return { apiVersion: "v1", kind: "Service", metadata, spec, ...ingressStatus(one, number) };
}

function reachFields(one: StoredServicePlan, number: number): Partial<ServiceSpec> {
  if (one.kind === "Headless") return {};
  const isExternal = one.kind === "NodePort" || one.kind === "LoadBalancer" || one.externalIPs.length > 0;
  const isLoadBalancer = one.kind === "LoadBalancer";
  return {
    ...(one.externalIPs.length === 0
      ? {}
      : { externalIPs: one.externalIPs.map((kind, k) => externalIP(kind, number, k)) }),
    ...(isExternal ? { externalTrafficPolicy: one.external } : {}),
    ...(isLoadBalancer && one.sourceRanges.length > 0 ? { loadBalancerSourceRanges: one.sourceRanges } : {}),
    ...(isLoadBalancer && one.external === "Local" ? { healthCheckNodePort: 31000 + number } : {}),
  };
}

function ingressStatus(one: StoredServicePlan, number: number): Pick<Service, "status"> {
  if (one.kind !== "LoadBalancer" || one.ingress.length === 0) return {};
  const ingress = one.ingress.map(({ at, ipMode }, k): LoadBalancerIngress => {
    if (at === "hostname") return { hostname: `lb-${number}.example.com` };
    const ip = at === "IPv4" ? `198.51.${number}.${k + 1}` : `fd00:51::${number.toString(16)}:${k + 1}`;
    return { ip, ...(ipMode === undefined ? {} : { ipMode }) };
  });
  return { status: { loadBalancer: { ingress } } };
}

function clusterIP(family: IpFamily, number: number): string {
  return family === "IPv4" ? `10.96.0.${10 + number}` : `fd00:10:96::${(16 + number).toString(16)}`;
}

/** Old Services may hold addresses with leading zeros, which today's validation refuses. */
function externalIP(kind: "IPv4" | "IPv6" | "sloppy", number: number, place: number): string {
  if (kind === "IPv6") return `fd00:113::${number.toString(16)}:${place + 1}`;
  return kind === "IPv4" ? `203.0.${number}.${place + 1}` : `203.00.${number}.0${place + 1}`;
}

export function weighted<T>(choices: readonly (readonly [number, T])[]): fc.Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
}
