import type { IngressClass } from "@kubenetsim/core/model/ingress";
import type { Condition } from "@kubenetsim/core/model/node";
import type { ObjectMeta } from "@kubenetsim/core/model/object-meta";
import { ServerError } from "../../client/server-error.ts";
import { failure } from "../../command-error.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type { Describer, LookUp } from "./describer.ts";
import { rfc1123 } from "./times.ts";

interface WithConditions {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly cidrs?: readonly string[] };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

/** kubectl pkg/describe, describeNamespace. */
export const describeNamespace: Describer<WithConditions> = ({ metadata, status }, writer, lookUp) => {
  writer.line(`Name:\t${metadata.name}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`Status:\t${status?.phase ?? ""}`);
  if (status?.conditions?.length) {
    writer.line("Conditions:");
    describeConditions(status.conditions, writer);
  }
  describeLimits("resourcequotas", "No resource quota.", metadata.name, writer, lookUp);
  describeLimits("limitranges", "No LimitRange resource.", metadata.name, writer, lookUp);
};

/** A server that knows no such limits has nothing to say of them. */
function describeLimits(plural: string, none: string, namespace: string, writer: DescribeWriter, lookUp: LookUp): void {
  try {
    const items = lookUp.list(`/api/v1/namespaces/${namespace}/${plural}`);
    if (items.length > 0) throw failure(`describing ${plural} is not modelled`);
    writer.line(`\n${none}`);
  } catch (reason) {
    if (!(reason instanceof ServerError) || reason.reason !== "NotFound") throw reason;
  }
}

/** kubectl pkg/describe, describeServiceCIDRV1. */
export const describeServiceCidr: Describer<WithConditions> = ({ metadata, spec, status }, writer) => {
  writer.line(`Name:\t${metadata.name}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`CIDRs:\t${(spec?.cidrs ?? []).join(", ")}`);
  if (!status?.conditions?.length) return;
  writer.line("Status:");
  writer.line("Conditions:");
  describeConditions(status.conditions, writer);
};

function describeConditions(conditions: readonly Condition[], writer: DescribeWriter): void {
  writer.line("Type\tStatus\tLastTransitionTime\tReason\tMessage", 1);
  writer.line("----\t------\t------------------\t------\t-------", 1);
  for (const { type, status, lastTransitionTime, reason = "", message = "" } of conditions) {
    writer.line(`${type}\t${status}\t${rfc1123(lastTransitionTime)}\t${reason}\t${message}`, 1);
  }
}

/** kubectl pkg/describe, describeIngressClassV1. */
export const describeIngressClass: Describer<IngressClass> = ({ metadata, spec }, writer) => {
  writer.line(`Name:\t${metadata.name}`);
  writer.labels("Labels", metadata.labels);
  writer.annotations("Annotations", metadata.annotations);
  writer.line(`Controller:\t${spec?.controller ?? ""}`);
  const parameters = spec?.parameters as { apiGroup?: string; kind: string; name: string } | undefined;
  if (parameters === undefined) return;
  writer.line("Parameters:");
  if (parameters.apiGroup !== undefined) writer.line(`APIGroup:\t${parameters.apiGroup}`, 1);
  writer.line(`Kind:\t${parameters.kind}`, 1);
  writer.line(`Name:\t${parameters.name}`, 1);
};
