import { objectKey } from "@kubenetsim/core/model/api-object";
import type { LoadBalancerIngress, Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import { parseAddress } from "@kubenetsim/core/net/address";
import { type Cidr, parseCidr } from "@kubenetsim/core/net/cidr";
import type {
  HealthCheck,
  LoadBalancer,
  LoadBalancerAlgorithm,
  LoadBalancerListener,
  LoadBalancerMode,
  LoadBalancerTarget,
} from "@kubenetsim/network/balancer/load-balancer";

/** What the cloud's load balancers have in common. */
export interface CloudHabits {
  /** How those hand connections on whose addresses have ipMode Proxy. */
  readonly proxyMode: Exclude<LoadBalancerMode, "vip">;
  readonly algorithm: LoadBalancerAlgorithm;
  readonly targets: readonly LoadBalancerTarget[];
}

export const sourceRangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges";

/** kube-proxy's own port, which clouds ask where a Service has no health check of its own (KEP-3836). */
export const kubeProxyCheck: HealthCheck = { port: 10256, path: "/healthz" };

export function ingressOf(service: Service): readonly LoadBalancerIngress[] {
  return service.status?.loadBalancer?.ingress ?? [];
}

/** The load balancer of a Service as its status and spec have it; undefined for one that has no address. */
export function serviceBalancer(service: Service, habits: CloudHabits): LoadBalancer | undefined {
  const { type, ports = [] } = service.spec;
  const ingress = type === "LoadBalancer" ? ingressOf(service) : [];
  const isProxied = ingress[0]?.ipMode === "Proxy";
  const addresses = ingress
    .filter(({ ipMode }) => (ipMode === "Proxy") === isProxied)
    .map(({ ip = "" }) => parseAddress(ip))
    .filter((address) => address !== undefined);
  if (addresses.length === 0) return undefined;
  const mode = isProxied ? habits.proxyMode : "vip";
  const listeners = ports.flatMap((port, index) => listenerOf(service, port, index, mode, habits));
  return { name: objectKey(service), addresses, mode, listeners };
}

/** None for a port without a node port that has to be reached by one. */
function listenerOf(
  service: Service,
  { port, protocol = "TCP", nodePort, name }: ServicePortSpec,
  index: number,
  mode: LoadBalancerMode,
  { algorithm, targets }: CloudHabits,
): LoadBalancerListener[] {
  if (mode !== "vip" && nodePort === undefined) return [];
  const { spec } = service;
  const key = objectKey(service);
  const allowedSources = sourceRanges(service);
  const reason = `load balancer port ${name === undefined ? "" : `${name} `}${port}`;
  return [
    {
      protocol,
      port,
      targetPort: mode === "vip" ? port : nodePort!,
      targets,
      algorithm: spec.sessionAffinity === "ClientIP" ? "source-address" : algorithm,
      healthCheck: checkOf(service),
      origin: { object: `Service ${key}`, reason, field: ["spec", "ports", index] },
      ...(allowedSources === undefined ? {} : { allowedSources }),
    },
  ];
}

function checkOf(service: Service): HealthCheck {
  const { externalTrafficPolicy, healthCheckNodePort } = service.spec;
  if (externalTrafficPolicy !== "Local" || !healthCheckNodePort) return kubeProxyCheck;
  return { port: healthCheckNodePort, path: "/healthz", service: objectKey(service) };
}

/**
 * The field, else the annotation (GetLoadBalancerSourceRanges of k8s.io/cloud-provider, service/helpers/helper.go); undefined
 * where all may come in: nothing is named, or a range of all addresses is.
 */
export function sourceRanges({ spec, metadata }: Service): readonly Cidr[] | undefined {
  const named = spec.loadBalancerSourceRanges ?? [];
  const annotation = metadata.annotations?.[sourceRangesAnnotation]?.trim() ?? "";
  const texts = named.length > 0 ? named : annotation === "" ? [] : annotation.split(",");
  const ranges = texts.map((text) => parseCidr(text.trim())).filter((range) => range !== undefined);
  return ranges.length === 0 || ranges.some(({ prefix }) => prefix === 0) ? undefined : ranges;
}
