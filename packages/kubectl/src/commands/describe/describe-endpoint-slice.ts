import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { DescribeWriter } from "./describe-writer.ts";
import type { Describer } from "./describer.ts";

/** kubectl pkg/describe, describeEndpointSliceV1. */
export const describeEndpointSlice: Describer<EndpointSlice> = (slice, writer) => {
  const { metadata, addressType, ports, endpoints } = slice;
  writer.line(`Name:\t${metadata.name}`);
  writer.line(`Namespace:\t${metadata.namespace}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`AddressType:\t${addressType}`);
  if (ports?.length) {
    writer.line("Ports:");
    writer.line("Name\tPort\tProtocol", 1);
    writer.line("----\t----\t--------", 1);
  } else writer.line("Ports: <unset>");
  for (const { name, port, protocol } of ports ?? []) {
    writer.line(`${name || "<unset>"}\t${port ?? "<unset>"}\t${protocol ?? ""}`, 1);
  }
  writer.line(endpoints?.length ? "Endpoints:" : "Endpoints: <none>");
  for (const endpoint of endpoints ?? []) describeEndpoint(endpoint, writer);
};

function describeEndpoint(endpoint: SliceEndpoint, writer: DescribeWriter): void {
  const { addresses, conditions, hostname, targetRef, nodeName, zone } = endpoint;
  writer.line(`- Addresses:\t${addresses.join(", ") || "<none>"}`, 1);
  writer.line("Conditions:", 2);
  writer.line(`Ready:\t${conditions?.ready ?? "<unset>"}`, 3);
  writer.line(`Hostname:\t${hostname ?? "<unset>"}`, 2);
  if (targetRef !== undefined) writer.line(`TargetRef:\t${targetRef.kind ?? ""}/${targetRef.name ?? ""}`, 2);
  writer.line(`NodeName:\t${nodeName ?? "<unset>"}`, 2);
  writer.line(`Zone:\t${zone ?? "<unset>"}`, 2);
}
