import type { VolumeClaimTemplate } from "@kubenetsim/core/model/stateful-set";
import type { DescribeWriter } from "./describe-writer.ts";

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly accessModes?: readonly string[];
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/** kubectl pkg/describe, describeVolumeClaimTemplates. */
export function describeClaimTemplates(templates: readonly VolumeClaimTemplate[], writer: DescribeWriter): void {
  if (templates.length === 0) {
    writer.line("Volume Claims:\t<none>");
    return;
  }
  writer.line("Volume Claims:");
  for (const { metadata, spec = {} } of templates) {
    const { storageClassName = "", accessModes = [], resources } = spec as ClaimSpec;
    const storageClass = metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? storageClassName;
    writer.line(`Name:\t${metadata.name ?? ""}`, 1);
    writer.line(`StorageClass:\t${storageClass}`, 1);
    writer.labels("  Labels", metadata.labels);
    writer.labels("  Annotations", metadata.annotations);
    writer.line(`Capacity:\t${resources?.requests?.storage ?? "<default>"}`, 1);
    writer.line(`Access Modes:\t[${accessModes.join(" ")}]`, 1);
  }
}
