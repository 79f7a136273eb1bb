import type { RuleStep, Step } from "@kubenetsim/core/trace/step";

/**
 * True for what decided a packet's way: rewrites, routes, sockets, servers chosen, and the rules of the Service in question.
 * Left out is what every packet meets: jumps from one of kube-proxy's own chains to the next, marks, returns.
 */
export function isDeciding(step: Step): boolean {
  switch (step.kind) {
    case "rule":
      return isDecidingRule(step);
    case "set-lookup":
      return false;
    case "conntrack":
      return step.state === "INVALID";
    case "chain":
      return step.verdict === "DROP" && step.rulesCompared === 0;
    case "mark":
      return (step.after & ~step.before) !== 0;
    case "dnat":
    case "snat":
    case "ipvs":
    case "route":
    case "socket":
      return true;
    default:
      return step satisfies never;
  }
}

const builtin = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;
const final = new Set(["DNAT", "MASQUERADE", "REDIRECT", "REJECT", "DROP"]);

function isDecidingRule(step: RuleStep): boolean {
  if (step.origin?.servicePort !== undefined) return true;
  if (final.has(step.target ?? "")) return true;
  return step.origin === undefined && step.target !== "RETURN" && !builtin.test(step.chain);
}
