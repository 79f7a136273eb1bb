import { type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { Service } from "@kubenetsim/core/model/service";
import type { DnsName } from "../message/resource-record.ts";

export interface PortEntry {
  readonly name: string;
  readonly protocol: string;
  /** -1 where there is none: addresses are answered, SRV records are not. */
  readonly port: number;
}

/** What CoreDNS keeps of a Service (plugin/kubernetes/object/service.go). */
export interface ServiceEntry {
  readonly key: ObjectKey;
  readonly name: string;
  readonly namespace: string;
  /** Below the zone: `web.default.svc`. */
  readonly relativeName: string;
  readonly type: string;
  readonly externalName: string;
  readonly clusterIPs: readonly string[];
  readonly isHeadless: boolean;
  readonly ports: readonly PortEntry[];
  /** `externalIPs`, then the addresses or names of the load balancer. */
  readonly externalIPs: readonly string[];
}

export const noPorts: readonly PortEntry[] = [{ name: "", protocol: "", port: -1 }];

export function serviceEntry(service: Service): ServiceEntry {
  const { spec, metadata, status } = service;
  const namespace = metadata.namespace ?? "";
  const clusterIPs = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ""];
  const ports = (spec.ports ?? []).map(({ name = "", protocol = "", port }) => ({ name, protocol, port }));
  return {
    key: objectKey(service),
    name: metadata.name,
    namespace,
    relativeName: `${metadata.name}.${namespace}.svc`,
    type: spec.type ?? "",
    externalName: spec.externalName ?? "",
    clusterIPs,
    isHeadless: clusterIPs[0] === "None",
    ports: ports.length === 0 ? noPorts : ports,
    externalIPs: [
      ...(spec.externalIPs ?? []),
      ...(status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || (hostname ?? "")),
    ],
  };
}

/** Where the SRV records of a named port stand. */
export function portName({ name, protocol }: PortEntry, below: DnsName): DnsName {
  return `_${name}._${protocol}`.toLowerCase().concat(".", below);
}
