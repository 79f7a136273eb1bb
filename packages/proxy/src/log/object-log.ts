import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import { parseSloppyAddress, parseSloppyCidr } from "../snapshot/sloppy-address.ts";
import { error, type LogLine } from "./log-line.ts";

/** A line about an object, and the field that it is about. */
export interface ObjectLine {
  readonly line: LogLine;
  readonly path: readonly (string | number)[];
}

/** What every kube-proxy logs when it reads a Service that it takes in part only (pkg/proxy/serviceport.go, pkg/proxy/util). */
export function serviceLog({ metadata, spec }: Service): ObjectLine[] {
  if (!spec.clusterIP || spec.clusterIP === "None" || spec.type === "ExternalName") return [];
  const badIPs = (spec.externalIPs ?? []).flatMap((ip, i) =>
    ip.trim() === "" || parseSloppyAddress(ip) !== undefined
      ? []
      : [{ line: error("Skipping invalid IP", { ip }), path: ["spec", "externalIPs", i] }],
  );
  const badRanges = (spec.loadBalancerSourceRanges ?? []).flatMap((text, i) => {
    const CIDR = text.trim();
    if (CIDR === "" || parseSloppyCidr(CIDR) !== undefined) return [];
    const values = { err: `invalid CIDR address: ${CIDR}`, CIDR };
    return [{ line: error("Invalid CIDR ignored", values), path: ["spec", "loadBalancerSourceRanges", i] }];
  });
  const needsPort = spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";
  const service = `${metadata.namespace ?? ""}/${metadata.name}`;
  const noPort =
    needsPort && !spec.healthCheckNodePort
      ? [{ line: error("Service has no healthcheck nodeport", { service }), path: ["spec", "healthCheckNodePort"] }]
      : [];
  return [...badIPs, ...badRanges, ...noPort];
}

/** The same for an EndpointSlice (pkg/proxy/endpointslicecache.go, pkg/proxy/metaproxier/meta_proxier.go). */
export function sliceLog({ addressType, ports = [], endpoints = [] }: EndpointSlice): ObjectLine[] {
  if (addressType !== "IPv4" && addressType !== "IPv6") {
    return [{ line: error("EndpointSlice address type not supported", { addressType }), path: ["addressType"] }];
  }
  const badPorts = (ports ?? []).flatMap(({ name, port }, i) => {
    if (name === undefined || name === null) {
      return [{ line: error("Ignoring port with nil name", { portName: null }), path: ["ports", i] }];
    }
    return port ? [] : [{ line: error("Ignoring invalid endpoint port", { portName: name }), path: ["ports", i] }];
  });
  const isRead = (ports ?? []).some(({ name, port }) => name !== undefined && name !== null && port);
  const empty = (isRead ? (endpoints ?? []) : []).flatMap((endpoint, i) =>
    endpoint.addresses.length > 0
      ? []
      : [{ line: error("Ignoring invalid endpoint port with empty address", { endpoint }), path: ["endpoints", i] }],
  );
  return [...badPorts, ...empty];
}
