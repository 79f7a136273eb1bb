import type { Taint } from "../model/node.ts";
import type { Toleration } from "../model/pod.ts";

/** Toleration.ToleratesTaint of core/v1; an empty key with Exists tolerates everything. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? "") !== "" && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? "") !== "" && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? "Equal") {
    case "Exists":
      return true;
    case "Equal":
      return (toleration.value ?? "") === (taint.value ?? "");
    default:
      return false;
  }
}
