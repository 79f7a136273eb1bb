import type { TableName } from "../ruleset/ruleset.ts";
import { tableNumbers } from "./chain-registry.ts";
import { type Hook, hook, hookNames } from "./hook.ts";
import { manip } from "./nat.ts";

/** One thing that a hook does with a packet; what its argument says. */
export const stage = {
  /** A built-in chain of iptables: table · 5 + hook. */
  chain: 0,
  /** The same, empty and without effect: it only counts as entered. */
  emptyChain: 1,
  /** A base chain of nft: its id. */
  nft: 2,
  track: 3,
  /** NAT: which side. */
  nat: 4,
  /** IPVS: answers of real servers, then packets for virtual servers. */
  director: 5,
  /** IPVS: answers of real servers alone. */
  outgoing: 6,
  confirm: 7,
} as const;
export type Stage = (typeof stage)[keyof typeof stage];

/** A stage with its place among those of its hook. */
export interface Station {
  readonly hook: Hook;
  readonly priority: number;
  /** When it was registered: of two with the same priority the newer one runs first. */
  readonly order: number;
  readonly stage: Stage;
  readonly argument: number;
}

/** Stage and argument by turns, in the order in which they are carried out. */
export type HookPlan = readonly number[];

/** Priorities of iptables' chains (enum nf_ip_hook_priorities); those of nat are NAT's. */
export const tablePriorities: Readonly<Record<TableName, number>> = {
  raw: -300,
  mangle: -150,
  nat: -100,
  filter: 0,
  security: 50,
};

const natSource = 100;
/** Conntrack's last word on a packet. */
const last = 2 ** 31 - 1;

/** What there is besides chains: conntrack, NAT, and IPVS where a director is (Linux 6.1, ip_vs_core.c). */
export function builtinStations(natOrder: number, hasDirector: boolean): Station[] {
  const at = (where: Hook, priority: number, what: Stage, argument = 0, order = 0): Station => {
    return { hook: where, priority, order, stage: what, argument };
  };
  const ipvs = [
    at(hook.INPUT, natSource - 2, stage.director),
    at(hook.FORWARD, natSource, stage.outgoing),
    at(hook.OUTPUT, tablePriorities.nat + 1, stage.director),
  ];
  return [
    at(hook.PREROUTING, -200, stage.track),
    at(hook.OUTPUT, -200, stage.track),
    at(hook.PREROUTING, tablePriorities.nat, stage.nat, manip.destination, natOrder),
    at(hook.OUTPUT, tablePriorities.nat, stage.nat, manip.destination, natOrder),
    at(hook.INPUT, natSource, stage.nat, manip.source, natOrder),
    at(hook.POSTROUTING, natSource, stage.nat, manip.source, natOrder),
    ...(hasDirector ? ipvs : []),
    at(hook.INPUT, last, stage.confirm),
    at(hook.POSTROUTING, last, stage.confirm),
  ];
}

/** The plans of all hooks. They are made whenever a host's rules change, and a cluster has thousands of hosts. */
export function plansOf(stations: readonly Station[]): readonly HookPlan[] {
  const plans: number[][] = hookNames.map(() => []);
  const inOrder = stations.toSorted((a, b) => a.priority - b.priority || b.order - a.order);
  for (const { hook, stage, argument } of inOrder) plans[hook]!.push(stage, argument);
  return plans;
}

/** The stage of a built-in chain of iptables. */
export function tableStation(table: TableName, where: Hook, isEmpty: boolean, order: number): Station {
  const priority = table === "nat" && (where === hook.INPUT || where === hook.POSTROUTING) ? natSource : undefined;
  return {
    hook: where,
    priority: priority ?? tablePriorities[table],
    order,
    stage: isEmpty ? stage.emptyChain : stage.chain,
    argument: tableNumbers[table] * hookNames.length + where,
  };
}
