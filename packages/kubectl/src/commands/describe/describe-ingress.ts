import { sortedUnique } from "@kubenetsim/core/apiserver/table/sorted-unique";
import type { Ingress, IngressBackend } from "@kubenetsim/core/model/ingress";
import type { Describer, LookUp } from "./describer.ts";
import { endpointsText } from "./endpoints-text.ts";

/** kubectl pkg/describe, describeIngressV1. */
export const describeIngress: Describer<Ingress> = ({ metadata, spec, status }, writer, lookUp) => {
  const namespace = metadata.namespace ?? "";
  const backend = (one: IngressBackend): string => backendText(one, namespace, lookUp);
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  const fallback = spec.defaultBackend === undefined ? "<default>" : backend(spec.defaultBackend);
  writer.line(`Name:\t${metadata.name}`);
  writer.labels("Labels", metadata.labels);
  writer.line(`Namespace:\t${namespace}`);
  writer.line(`Address:\t${sortedUnique(addresses).join(",")}`);
  writer.line(`Ingress Class:\t${spec.ingressClassName ?? "<none>"}`);
  writer.line(`Default backend:\t${fallback}`);
  if (spec.tls?.length) writer.line("TLS:");
  for (const { hosts = [], secretName = "" } of spec.tls ?? []) {
    const names = hosts.join(",");
    writer.line(secretName === "" ? `SNI routes ${names}` : `${secretName} terminates ${names}`, 1);
  }
  writer.line("Rules:");
  writer.line("Host\tPath\tBackends", 1);
  writer.line("----\t----\t--------", 1);
  const rules = (spec.rules ?? []).filter(({ http }) => http !== undefined);
  for (const { host = "", http } of rules) {
    writer.line(`${host === "" ? "*" : host}\t`, 1);
    for (const path of http!.paths) writer.line(`\t${path.path ?? ""} \t${backend(path.backend)}`, 2);
  }
  if (rules.length === 0) writer.line(`*\t*\t${fallback}`, 1);
  writer.annotations("Annotations", metadata.annotations);
};

function backendText({ service, resource }: IngressBackend, namespace: string, lookUp: LookUp): string {
  if (service !== undefined) {
    const { name, port = {} } = service;
    const text = `${name}:${port.number || port.name || ""}`;
    const found = lookUp.service(namespace, name);
    if (found instanceof Error) return `${text} (<error: ${found.message}>)`;
    const match = (found.spec.ports ?? []).findLast((one) =>
      port.number ? one.port === port.number : port.name && one.name === port.name,
    );
    return `${text} (${endpointsText(lookUp.slicesOf(namespace, name), match?.name ?? "")})`;
  }
  if (resource === undefined) return "";
  return `APIGroup: ${resource.apiGroup ?? "<none>"}, Kind: ${resource.kind}, Name: ${resource.name}`;
}
