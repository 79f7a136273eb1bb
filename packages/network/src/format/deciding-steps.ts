import type { RuleStep, Step } from "@kubenetsim/core/trace/step";

/**
 * What decided a packet's way: rewrites, routes, sockets, servers and numbers chosen, verdicts that a map gave, the rules of
 * the Service in question, and the rules and set look-ups that led to a mark or an end. Left out is what every packet meets: jumps from one of kube-proxy's
 * own chains to the next, returns, sets that hold something else.
 */
export function decidingSteps(steps: readonly Step[]): Step[] {
  const shown = steps.map(isDeciding);
  for (const [i, step] of steps.entries()) if (shown[i] && needsLead(step)) showLead(steps, i, shown);
  for (const [i, step] of steps.entries()) if (shown[i] && step.kind === "rule") showHits(steps, i, step, shown);
  return steps.filter((_, i) => shown[i]);
}

function isDeciding(step: Step): boolean {
  switch (step.kind) {
    case "rule":
      return isDecidingRule(step);
    case "set-lookup":
      return step.verdict !== undefined;
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
    case "relay":
    case "balance":
    case "numgen":
      return true;
    default:
      return step satisfies never;
  }
}

/** Of iptables; base chains of nft as they are mostly called, and as kube-proxy calls them: `filter-output-pre-dnat`. */
const builtin = /^((filter|nat)-)?(prerouting|input|forward|output|postrouting)(-pre-dnat)?$/i;
const final = new Set(["DNAT", "MASQUERADE", "REDIRECT", "REJECT", "DROP"]);

function isDecidingRule(step: RuleStep): boolean {
  if (step.origin?.servicePort !== undefined) return true;
  if (final.has(step.target ?? "")) return true;
  return step.origin === undefined && step.target !== "RETURN" && !builtin.test(step.chain);
}

/** A mark and an end mean nothing without the rules that led there. */
function needsLead(step: Step): boolean {
  return step.kind === "mark" || (step.kind === "rule" && (step.target === "DROP" || step.target === "REJECT"));
}

/**
 * Shows the jumps by which a packet got to the chain of the rule at or before `at`, but not those of built-in chains. An nft
 * rule that marks is shown itself: it says for which packets.
 */
function showLead(steps: readonly Step[], at: number, shown: boolean[]): void {
  let i = at;
  while (i >= 0 && steps[i]!.kind !== "rule") i--;
  let rule = steps[i];
  if (rule?.kind === "rule" && isNft(rule)) shown[i] = true;
  for (i--; i >= 0 && rule?.kind === "rule"; i--) {
    const earlier = steps[i]!;
    if (earlier.kind !== "rule" || earlier.target !== rule.chain || earlier.table !== rule.table) continue;
    if (builtin.test(earlier.chain)) return;
    shown[i] = true;
    rule = earlier;
  }
}

/** Shows the look-ups of a rule's own sets that found the packet. */
function showHits(steps: readonly Step[], at: number, { text }: RuleStep, shown: boolean[]): void {
  for (let i = at - 1; i >= 0; i--) {
    const step = steps[i]!;
    if (step.kind === "numgen") continue;
    if (step.kind !== "set-lookup") return;
    if (step.hit && names(text, step.set)) shown[i] = true;
  }
}

function names(text: string, set: string): boolean {
  return text.includes(` --match-set ${set} `) || `${text} `.includes(` @${set} `);
}

function isNft({ text }: RuleStep): boolean {
  return !text.startsWith("-A ");
}
