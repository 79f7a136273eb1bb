import type { Service, ServicePortSpec, ServiceSpec, ServiceType } from "@kubenetsim/core/model/service";
import { cidrAddress, parseCidr } from "@kubenetsim/core/net/cidr";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import * as fc from "fast-check";

/** Kinds of Services as users name them; `Headless` is a ClusterIP Service with `clusterIP: None`. */
export type ServiceKind = ServiceType | "Headless";

export interface ServiceOptions {
  /** The kinds to choose from; all by default. */
  readonly kinds?: readonly ServiceKind[];
}

/** One Service, before it has a place in a cluster. Its number gives it a name and addresses that no other has. */
export interface ServicePlan {
  readonly kind: ServiceKind;
  readonly workload: number;
  readonly hasSelector: boolean;
  readonly ports: readonly PortPlan[];
  readonly externalIPs: number;
  readonly ingressIPs: number;
  readonly ipMode: "VIP" | "Proxy" | undefined;
  readonly sourceRanges: readonly string[];
  readonly affinitySeconds: number | undefined;
  readonly externalLocal: boolean;
  readonly internalLocal: boolean;
  readonly publishNotReady: boolean;
  readonly distribution: "PreferSameZone" | "PreferSameNode" | "PreferClose" | undefined;
}

interface PortPlan {
  readonly port: number;
  readonly protocol: Protocol;
  readonly target: number | string | undefined;
  readonly fixedNodePort: boolean;
}

const allKinds: readonly ServiceKind[] = ["ClusterIP", "NodePort", "LoadBalancer", "Headless", "ExternalName"];
const externalRange = parseCidr("203.0.0.0/16")!;
const ingressRange = parseCidr("198.51.0.0/16")!;
const firstNodePort = 30000;
/** Node ports that the API server never draws by itself as long as others are free. */
const staticNodePorts = 86;

export function servicePlan(options: ServiceOptions = {}): fc.Arbitrary<ServicePlan> {
  return fc.record({
    kind: fc.constantFrom(...(options.kinds ?? allKinds)),
    workload: fc.nat({ max: 99 }),
    hasSelector: mostly(true),
    ports: fc.uniqueArray(portPlan(), {
      minLength: 1,
      maxLength: 3,
      selector: ({ port, protocol }) => `${port}/${protocol}`,
    }),
    externalIPs: fc.constantFrom(0, 0, 0, 1, 2),
    ingressIPs: fc.constantFrom(1, 0, 2),
    ipMode: fc.constantFrom(undefined, "VIP" as const, "Proxy" as const),
    sourceRanges: fc.constantFrom<readonly string[]>(
      [],
      [],
      ["10.0.0.0/8"],
      ["192.0.2.0/24", "198.18.0.1/32"],
      ["0.0.0.0/0"],
    ),
    affinitySeconds: fc.constantFrom(undefined, undefined, undefined, 10800, 60),
    externalLocal: fc.boolean(),
    internalLocal: mostly(false),
    publishNotReady: mostly(false),
    distribution: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      "PreferSameZone" as const,
      "PreferSameNode" as const,
      "PreferClose" as const,
    ),
  });
}

/** The Service of a plan. `number` is its place among the Services of its cluster. */
export function serviceOf(
  plan: ServicePlan,
  number: number,
  target: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): Service {
  const metadata = { name: `svc-${number}`, namespace: target.namespace };
  if (plan.kind === "ExternalName") {
    return {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { type: "ExternalName", externalName: `host-${number}.example.com` },
    };
  }
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: {
      ...typeOf(plan.kind),
      ...(plan.hasSelector ? { selector: target.labels } : {}),
      ports: plan.ports.map((port, index) => servicePort(plan, port, index, number)),
      ...reachFields(plan, number),
      ...endpointFields(plan),
    },
    ...ingressStatus(plan, number),
  };
}

function portPlan(): fc.Arbitrary<PortPlan> {
  const tcpTarget = fc.constantFrom(undefined, 8080, "http");
  const udpTarget = fc.constantFrom(undefined, 5353, "dns");
  const port = fc.constantFrom(80, 53, 443, 8000);
  const fixedNodePort = mostly(false);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ port, protocol: fc.constant<Protocol>("TCP"), target: tcpTarget, fixedNodePort }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ port, protocol: fc.constant<Protocol>("UDP"), target: udpTarget, fixedNodePort }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        port,
        protocol: fc.constant<Protocol>("SCTP"),
        target: fc.constantFrom(undefined, 7000),
        fixedNodePort,
      }),
    },
  );
}

function servicePort(
  plan: ServicePlan,
  { port, protocol, target, fixedNodePort }: PortPlan,
  index: number,
  number: number,
): ServicePortSpec {
  const mayFix = (plan.kind === "NodePort" || plan.kind === "LoadBalancer") && index === 0 && number < staticNodePorts;
  return {
    ...(plan.ports.length > 1 ? { name: `${protocol.toLowerCase()}-${port}` } : {}),
    port,
    ...(protocol === "TCP" ? {} : { protocol }),
    ...(target === undefined ? {} : { targetPort: target }),
    ...(mayFix && fixedNodePort ? { nodePort: firstNodePort + number } : {}),
  };
}

function typeOf(kind: ServiceKind): Pick<ServiceSpec, "type" | "clusterIP"> {
  if (kind === "Headless") return { clusterIP: "None" };
  return kind === "ClusterIP" || kind === "ExternalName" ? {} : { type: kind };
}

/** How the Service is reached from outside. */
function reachFields(plan: ServicePlan, number: number): Partial<ServiceSpec> {
  if (plan.kind === "Headless") return {};
  const isExternal = plan.kind !== "ClusterIP" || plan.externalIPs > 0;
  const externalIPs = Array.from({ length: plan.externalIPs }, (_, k) =>
    cidrAddress(externalRange, 2 * number + k + 1),
  );
  return {
    ...(externalIPs.length === 0 ? {} : { externalIPs }),
    ...(isExternal && plan.externalLocal ? { externalTrafficPolicy: "Local" } : {}),
    ...(plan.internalLocal ? { internalTrafficPolicy: "Local" } : {}),
    ...(plan.kind === "LoadBalancer" && plan.sourceRanges.length > 0
      ? { loadBalancerSourceRanges: plan.sourceRanges }
      : {}),
  };
}

/** How an endpoint is chosen. */
function endpointFields(plan: ServicePlan): Partial<ServiceSpec> {
  const { affinitySeconds, publishNotReady, distribution } = plan;
  const sessionAffinity: Partial<ServiceSpec> =
    affinitySeconds === undefined || plan.kind === "Headless"
      ? {}
      : { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: affinitySeconds } } };
  return {
    ...sessionAffinity,
    ...(publishNotReady ? { publishNotReadyAddresses: true } : {}),
    ...(distribution === undefined ? {} : { trafficDistribution: distribution }),
  };
}

function ingressStatus(plan: ServicePlan, number: number): Pick<Service, "status"> {
  if (plan.kind !== "LoadBalancer" || plan.ingressIPs === 0) return {};
  const ingress = Array.from({ length: plan.ingressIPs }, (_, k) => ({
    ip: cidrAddress(ingressRange, 2 * number + k + 1),
    ...(plan.ipMode === undefined ? {} : { ipMode: plan.ipMode }),
  }));
  return { status: { loadBalancer: { ingress } } };
}

function mostly(usual: boolean): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(!usual) });
}
