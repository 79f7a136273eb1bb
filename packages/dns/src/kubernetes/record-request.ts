import { labelsOf } from "../message/dns-name.ts";
import { relativeName } from "../message/relative-name.ts";
import type { DnsName } from "../message/resource-record.ts";

/** What a name below a zone asks for (plugin/kubernetes/parse.go). Fields that it does not have are empty. */
export interface RecordRequest {
  readonly kind: "" | "svc" | "pod";
  readonly namespace: string;
  /** The Service's name, or a Pod's address with dashes. */
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
  /** The topology zone of `zone.pin._zone.web…` and `zone.prefer._zone.web…`; it may have dots. */
  readonly zone: string;
  /** Whether all endpoints are answered where the topology zone has none. */
  readonly prefersZone: boolean;
}

const nothing: RecordRequest = {
  kind: "",
  namespace: "",
  service: "",
  endpoint: "",
  port: "",
  protocol: "",
  zone: "",
  prefersZone: false,
};

/**
 * Reads a name (lower case) of a zone from the right: `svc` or `pod`, the namespace, the Service, then an endpoint, or a port and
 * a protocol. Undefined for a name of another form.
 */
export function parseRecordRequest(name: DnsName, zone: DnsName, zonal: boolean): RecordRequest | undefined {
  const labels = labelsOf(relativeName(name, zone));
  const [kind, namespace = "", service = "", ...rest] = labels.reverse();
  if (kind === undefined) return nothing;
  if (kind !== "svc" && kind !== "pod") return undefined;
  if (labels.length === 1) return nothing;
  const request = { ...nothing, kind, namespace, service } as const;
  const [first, second] = rest;
  if (first === undefined) return request;
  if (second === undefined) return { ...request, endpoint: first };
  if (rest.length === 2) return { ...request, protocol: withoutUnderscore(first), port: withoutUnderscore(second) };
  if (!zonal || kind !== "svc" || first !== "_zone" || (second !== "pin" && second !== "prefer")) return undefined;
  return { ...request, zone: rest.slice(2).reverse().join("."), prefersZone: second === "prefer" };
}

export function withoutUnderscore(label: string): string {
  return label.startsWith("_") ? label.slice(1) : label;
}
