import type { Service, ServicePortSpec, ServiceStatus } from "@kubenetsim/core/model/service";
import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import { parseSloppyWords } from "../snapshot/sloppy-address.ts";
import type { Portal } from "./portal-rules.ts";

/** A port of a Service for which kube-proxy listens (ServiceInfo, pkg/proxy/userspace/proxier.go). */
export interface ServedPort {
  /** `namespace/name:port`, without the colon for an unnamed port. */
  readonly name: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** 0 for none. */
  readonly nodePort: number;
  readonly clusterIP: AddressWords;
  readonly externalIPs: readonly string[];
  readonly loadBalancer: ServiceStatus["loadBalancer"];
  readonly clientIP: boolean;
  /** How long clients stick; 0 unless they do. */
  readonly stickySeconds: number;
  /** On which of the node's ports; 0 as long as it does not. */
  readonly proxyPort: number;
}

/** Does userspace kube-proxy serve it at all? Not headless ones, ExternalNames, and those of other proxies. */
export function isServed({ metadata, spec }: Service): boolean {
  if (!isWatched(metadata)) return false;
  return (
    spec.clusterIP !== undefined && spec.clusterIP !== "" && spec.clusterIP !== "None" && spec.type !== "ExternalName"
  );
}

/** Services and Endpoints with these labels never reach kube-proxy (cmd/kube-proxy/app/server.go). */
export function isWatched({ labels }: { readonly labels?: Readonly<Record<string, string>> }): boolean {
  return (
    labels?.["service.kubernetes.io/service-proxy-name"] === undefined &&
    labels?.["service.kubernetes.io/headless"] === undefined
  );
}

export function serviceName({ metadata }: Pick<Service, "metadata">): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

export function servedPortName(service: Service, port: ServicePortSpec): string {
  return port.name ? `${serviceName(service)}:${port.name}` : serviceName(service);
}

/** What the Service asks for; the port to listen on is the caller's. */
export function servedPort(service: Service, port: ServicePortSpec, proxyPort: number): ServedPort {
  const { spec, status } = service;
  const clientIP = spec.sessionAffinity === "ClientIP";
  return {
    name: servedPortName(service, port),
    service: serviceName(service),
    protocol: port.protocol ?? "TCP",
    port: port.port,
    nodePort: port.nodePort ?? 0,
    clusterIP: parseSloppyWords(spec.clusterIP ?? "") ?? [],
    externalIPs: spec.externalIPs ?? [],
    loadBalancer: status?.loadBalancer,
    clientIP,
    stickySeconds: clientIP ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0) : 0,
    proxyPort,
  };
}

/** Nothing has changed that makes kube-proxy listen anew; how long clients stick is not among it (sameConfig). */
export function sameConfig(a: ServedPort, b: ServedPort): boolean {
  return (
    a.protocol === b.protocol &&
    a.port === b.port &&
    a.nodePort === b.nodePort &&
    a.clusterIP.join() === b.clusterIP.join() &&
    a.externalIPs.join() === b.externalIPs.join() &&
    ingressText(a) === ingressText(b) &&
    a.clientIP === b.clientIP
  );
}

function ingressText({ loadBalancer }: ServedPort): string {
  return (loadBalancer?.ingress ?? []).map(({ ip = "", hostname = "" }) => `${ip} ${hostname}`).join();
}

/** The addresses at which it is served, in the order in which they are opened: external IPs and the load balancer's come after. */
export function portalsOf(served: ServedPort): Portal[] {
  const { clusterIP, port, externalIPs, loadBalancer } = served;
  const portals: Portal[] = [{ address: clusterIP, port, isExternal: false, reason: "cluster IP" }];
  const add = (text: string, isExternal: boolean, reason: string): void => {
    const address = parseSloppyWords(text);
    if (address !== undefined) portals.push({ address, port, isExternal, reason });
  };
  for (const text of externalIPs) add(text, true, "external IP");
  for (const { ip } of loadBalancer?.ingress ?? []) if (ip) add(ip, false, "load balancer IP");
  return portals;
}
