import { type Quantity, quantityText } from "@kubenetsim/core/apiserver/decode/quantity";
import type { Node } from "@kubenetsim/core/model/node";
import {
  addQuantities,
  compareQuantities,
  noQuantity as none,
  percentOf,
  readQuantity,
} from "../../output/quantity.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type { Amounts, DescribedContainer, DescribedPod } from "./described.ts";
import type { LookUp } from "./describer.ts";
import { since } from "./times.ts";

type Totals = ReadonlyMap<string, Quantity>;
type Kind = "requests" | "limits";

/** What the Pods of a node ask for, one by one and together (kubectl pkg/describe, describeNodeResource). */
export function describeNodePods({ metadata, status = {} }: Node, writer: DescribeWriter, lookUp: LookUp): void {
  const fieldSelector = `spec.nodeName=${metadata.name},status.phase!=Failed,status.phase!=Succeeded`;
  const pods = lookUp.list("/api/v1/pods", { fieldSelector }) as unknown as DescribedPod[];
  const amounts = Object.keys(status.allocatable ?? {}).length > 0 ? status.allocatable : status.capacity;
  const allocatable = new Map(Object.entries(amounts ?? {}).map(([name, text]) => [name, quantityOf(String(text))]));
  writer.line(`Non-terminated Pods:\t(${pods.length} in total)`);
  writer.line("Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge", 1);
  writer.line("---------\t----\t\t------------\t----------\t---------------\t-------------\t---", 1);
  for (const pod of pods) {
    const cells = (["cpu", "memory"] as const).flatMap((name) =>
      (["requests", "limits"] as const).map((kind) => shareText(podTotals(pod, kind), name, allocatable)),
    );
    const { namespace = "", name, creationTimestamp } = pod.metadata;
    writer.line(`${namespace}\t${name}\t\t${cells.join("\t")}\t${since(creationTimestamp, lookUp.nowMs)}`, 1);
  }
  writer.line("Allocated resources:");
  writer.line("(Total limits may be over 100 percent, i.e., overcommitted.)", 1);
  writer.line("Resource\tRequests\tLimits", 1);
  writer.line("--------\t--------\t------", 1);
  const [requests, limits] = (["requests", "limits"] as const).map((kind) =>
    sumOf(pods.map((pod) => podTotals(pod, kind))),
  ) as [Totals, Totals];
  const names = [...allocatable.keys()].sort();
  const shared = ["cpu", "memory", "ephemeral-storage", ...names.filter((name) => name.startsWith("hugepages-"))];
  for (const name of shared) {
    writer.line(`${name}\t${shareText(requests, name, allocatable)}\t${shareText(limits, name, allocatable)}`, 1);
  }
  for (const name of names.filter((one) => one !== "pods" && !shared.includes(one))) {
    writer.line(`${name}\t${quantityText(requests.get(name) ?? none)}\t${quantityText(limits.get(name) ?? none)}`, 1);
  }
}

function shareText(totals: Totals, name: string, allocatable: Totals): string {
  const amount = totals.get(name) ?? none;
  return `${quantityText(amount)} (${percentOf(amount, allocatable.get(name) ?? none)}%)`;
}

/** k8s.io/component-helpers, resource.PodRequests and PodLimits: containers together, or the greatest of those that begin. */
function podTotals({ spec }: DescribedPod, kind: Kind): Totals {
  const sidecars: Totals[] = [];
  const beginnings: Totals[] = [];
  for (const container of spec.initContainers ?? []) {
    const own = totalsOf(container, kind);
    if (container.restartPolicy === "Always") sidecars.push(own);
    beginnings.push(container.restartPolicy === "Always" ? sumOf(sidecars) : sumOf([...sidecars, own]));
  }
  const running = sumOf([...(spec.containers ?? []).map((container) => totalsOf(container, kind)), ...sidecars]);
  const all = new Map(greatestOf([running, ...beginnings]));
  for (const [name, text] of Object.entries(spec.resources?.[kind] ?? {})) all.set(name, quantityOf(text));
  const overhead = readAmounts(spec.overhead);
  if (kind === "requests") return sumOf([all, overhead]);
  // What has no limit does not get one from the overhead.
  return new Map([...all].map(([name, amount]) => [name, addQuantities(amount, overhead.get(name) ?? none)]));
}

function totalsOf({ resources }: DescribedContainer, kind: Kind): Totals {
  return readAmounts(resources?.[kind]);
}

function readAmounts(amounts: Amounts | undefined): Totals {
  return new Map(Object.entries(amounts ?? {}).map(([name, text]) => [name, quantityOf(text)]));
}

function quantityOf(text: string): Quantity {
  return readQuantity(text) ?? none;
}

function sumOf(list: readonly Totals[]): Totals {
  const sum = new Map<string, Quantity>();
  for (const totals of list) {
    for (const [name, amount] of totals) sum.set(name, addQuantities(sum.get(name) ?? none, amount));
  }
  return sum;
}

function greatestOf(list: readonly Totals[]): Totals {
  const greatest = new Map<string, Quantity>();
  for (const totals of list) {
    for (const [name, amount] of totals) {
      const known = greatest.get(name);
      if (known === undefined || compareQuantities(amount, known) > 0) greatest.set(name, amount);
    }
  }
  return greatest;
}
