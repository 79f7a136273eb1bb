import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Describer } from "./describer.ts";

/** kubectl pkg/describe, describeEndpoints. */
export const describeEndpoints: Describer<Endpoints> = ({ metadata, subsets }, writer) => {
  writer.line(`Name:\t${metadata.name}`);
  writer.line(`Namespace:\t${metadata.namespace}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line("Subsets:");
  for (const subset of subsets ?? []) {
    const ports = subset.ports ?? [];
    const [addresses, notReadyAddresses] = [subset.addresses ?? [], subset.notReadyAddresses ?? []];
    writer.line(`Addresses:\t${addresses.map(({ ip }) => ip).join(",") || "<none>"}`, 1);
    writer.line(`NotReadyAddresses:\t${notReadyAddresses.map(({ ip }) => ip).join(",") || "<none>"}`, 1);
    if (ports.length > 0) {
      writer.line("Ports:", 1);
      writer.line("Name\tPort\tProtocol", 2);
      writer.line("----\t----\t--------", 2);
    }
    for (const { name, port, protocol } of ports) writer.line(`${name || "<unset>"}\t${port}\t${protocol ?? ""}`, 2);
    writer.line("");
  }
};
