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
  const kind = labels.pop();
  if (kind === undefined) return nothing;
  if (kind !== "svc" && kind !== "pod") return undefined;
  const namespace = labels.pop();
  if (namespace === undefined) return nothing;
  const service = labels.pop() ?? "";
  const request: RecordRequest = {
    kind,
    namespace,
    service,
    endpoint: labels.length === 1 ? labels[0]! : "",
    port: "",
    protocol: "",
    zone: "",
    prefersZone: false,
  };
  return labels.length < 2 ? request : withPortOrZone(request, labels, zonal);
}

/** Two labels more are a port and a protocol, others a topology zone if anything. */
function withPortOrZone(request: RecordRequest, labels: readonly string[], zonal: boolean): RecordRequest | undefined {
  const last = labels.at(-1)!;
  const before = labels.at(-2)!;
  if (labels.length === 2) return { ...request, protocol: withoutUnderscore(last), port: withoutUnderscore(before) };
  const isZonal = zonal && request.kind === "svc" && last === "_zone" && (before === "pin" || before === "prefer");
  return isZonal ? { ...request, zone: labels.slice(0, -2).join("."), prefersZone: before === "prefer" } : undefined;
}

export function withoutUnderscore(label: string): string {
  return label.startsWith("_") ? label.slice(1) : label;
}
