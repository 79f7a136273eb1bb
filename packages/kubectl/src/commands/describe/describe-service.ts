import { labelsText } from "@kubenetsim/core/apiserver/table/labels-text";
import type { LoadBalancerIngress, Service } from "@kubenetsim/core/model/service";
import type { Describer } from "./describer.ts";
import { endpointsText } from "./endpoints-text.ts";

/** kubectl pkg/describe, describeService. */
export const describeService: Describer<Service> = (service, writer, lookUp) => {
  const { metadata, spec, status } = service;
  const slices = lookUp.slicesOf(metadata.namespace ?? "", metadata.name);
  writer.line(`Name:\t${metadata.name}`);
  writer.line(`Namespace:\t${metadata.namespace}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`Selector:\t${labelsText(spec.selector)}`);
  writer.line(`Type:\t${spec.type ?? ""}`);
  if (spec.ipFamilyPolicy !== undefined) writer.line(`IP Family Policy:\t${spec.ipFamilyPolicy}`);
  writer.line(`IP Families:\t${listText(spec.ipFamilies)}`);
  writer.line(`IP:\t${spec.clusterIP ?? ""}`);
  writer.line(`IPs:\t${listText(spec.clusterIPs)}`);
  if (spec.externalIPs?.length) writer.line(`External IPs:\t${spec.externalIPs.join(",")}`);
  if (spec.loadBalancerIP) writer.line(`Desired LoadBalancer IP:\t${spec.loadBalancerIP}`);
  if (spec.externalName) writer.line(`External Name:\t${spec.externalName}`);
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0) writer.line(`LoadBalancer Ingress:\t${ingress.map(ingressText).join(", ")}`);
  for (const { name = "", port, protocol = "TCP", targetPort, appProtocol, nodePort } of spec.ports ?? []) {
    const shown = name === "" ? "<unset>" : name;
    writer.line(`Port:\t${shown}\t${port}/${protocol}`);
    writer.line(`TargetPort:\t${targetPort}/${protocol}`);
    if (appProtocol !== undefined) writer.line(`AppProtocol:\t${appProtocol}`);
    if (nodePort) writer.line(`NodePort:\t${shown}\t${nodePort}/${protocol}`);
    writer.line(`Endpoints:\t${endpointsText(slices, name)}`);
  }
  writer.line(`Session Affinity:\t${spec.sessionAffinity ?? ""}`);
  if (spec.externalTrafficPolicy) writer.line(`External Traffic Policy:\t${spec.externalTrafficPolicy}`);
  if (spec.internalTrafficPolicy) writer.line(`Internal Traffic Policy:\t${spec.internalTrafficPolicy}`);
  if (spec.healthCheckNodePort) writer.line(`HealthCheck NodePort:\t${spec.healthCheckNodePort}`);
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) writer.line(`LoadBalancer Source Ranges:\t${ranges.join(",")}`);
  if (spec.trafficDistribution) writer.line(`Traffic Distribution:\t${spec.trafficDistribution}`);
};

function ingressText({ ip, ipMode, hostname = "" }: LoadBalancerIngress): string {
  if (!ip) return hostname;
  return ipMode === undefined ? ip : `${ip} (${ipMode})`;
}

function listText(texts: readonly string[] | undefined): string {
  return texts === undefined || texts.length === 0 ? "<none>" : texts.join(",");
}
