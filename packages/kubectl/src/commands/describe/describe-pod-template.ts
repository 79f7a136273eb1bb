import type { Toleration } from "@kubenetsim/core/model/pod";
import { goSort } from "../../output/go-sort.ts";
import { describeContainers } from "./describe-containers.ts";
import { describeVolumes } from "./describe-volumes.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type { DescribedTemplate, SpreadConstraint } from "./described.ts";
import { selectorText } from "./selector-lines.ts";

/** kubectl pkg/describe, DescribePodTemplate. */
export function describePodTemplate(template: DescribedTemplate, writer: DescribeWriter): void {
  const { metadata, spec } = template;
  writer.line("Pod Template:");
  writer.labels("  Labels", metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) writer.annotations("  Annotations", metadata?.annotations);
  if (spec.serviceAccountName) writer.line(`Service Account:\t${spec.serviceAccountName}`, 1);
  if (spec.initContainers?.length) {
    describeContainers(spec.initContainers, writer, { title: "Init Containers", indent: "  " });
  }
  describeContainers(spec.containers ?? [], writer, { title: "Containers", indent: "  " });
  describeVolumes(spec.volumes, writer, "  ");
  describeSpread(spec.topologySpreadConstraints, writer, "  ");
  if (spec.priorityClassName) writer.line(`Priority Class Name:\t${spec.priorityClassName}`, 1);
  writer.labels("  Node-Selectors", spec.nodeSelector);
  describeTolerations("  Tolerations", spec.tolerations, writer);
}

export function describeTolerations(
  title: string,
  tolerations: readonly Toleration[] | undefined,
  writer: DescribeWriter,
): void {
  const sorted = goSort(tolerations ?? [], (a, b) => (a.key ?? "") < (b.key ?? ""));
  writer.list(title, sorted.map(tolerationText));
}

function tolerationText({ key = "", value = "", effect = "", operator, tolerationSeconds }: Toleration): string {
  const matched = `${key}${value === "" ? "" : `=${value}`}${effect === "" ? "" : `:${effect}`}`;
  const exists = operator === "Exists" && value === "" ? `${matched === "" ? "" : " "}op=Exists` : "";
  return `${matched}${exists}${tolerationSeconds === undefined ? "" : ` for ${tolerationSeconds}s`}`;
}

export function describeSpread(
  constraints: readonly SpreadConstraint[] | undefined,
  writer: DescribeWriter,
  indent: "" | "  ",
): void {
  const sorted = goSort(constraints ?? [], (a, b) => a.topologyKey < b.topologyKey);
  for (const [i, { topologyKey, whenUnsatisfiable, maxSkew, labelSelector }] of sorted.entries()) {
    const selector = labelSelector === undefined ? "" : ` for selector ${selectorText(labelSelector) || "<none>"}`;
    const text = `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`;
    writer.line(`${indent}${i === 0 ? "Topology Spread Constraints:" : ""}\t${text}`);
  }
}
