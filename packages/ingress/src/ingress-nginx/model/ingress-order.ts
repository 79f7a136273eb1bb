import type { ParsedIngress } from "./model-source.ts";

/** Oldest first; of two that were created within the same second the one whose key is greater. */
export function compareIngresses(left: ParsedIngress, right: ParsedIngress): number {
  if (left === right) return 0;
  const leftTime = left.ingress.metadata.creationTimestamp ?? "";
  const rightTime = right.ingress.metadata.creationTimestamp ?? "";
  if (leftTime !== rightTime) return leftTime < rightTime ? -1 : 1;
  if (left.key === right.key) return 0;
  return left.key < right.key ? 1 : -1;
}

/** A place within an Ingress. */
export interface Place {
  readonly parsed: ParsedIngress;
  /** Counts the places of the Ingress. */
  readonly at: number;
}

export function comparePlaces(left: Place, right: Place): number {
  return compareIngresses(left.parsed, right.parsed) || left.at - right.at;
}
