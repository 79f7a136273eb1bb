import type { Origin } from "@kubenetsim/core/trace/origin";

/** The origin of a rule that kube-proxy writes whatever Services there are. */
export function builtIn(reason: string): Origin {
  return { object: "kube-proxy", reason };
}
