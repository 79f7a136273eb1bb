import { freshSite } from "kubenetsim/experiment/fresh-site";
import { targetOf } from "kubenetsim/experiment/made-cluster";
import { runCell } from "kubenetsim/experiment/run-cell";
import { type BackendName, backends } from "./backends.ts";
import { type ClusterSize, cellOf, growingSnapshots } from "./made-rules.ts";
import { NetworkNamespace } from "./network-namespace.ts";
import type { Sender, Sent } from "./sender.ts";

/** To the first and to the last Service, and to an address that is of none. */
export const targets = ["first", "last", "none"] as const;
export type Target = (typeof targets)[number];

/** One ruleset in one namespace, to which packets are sent. */
export interface Run {
  readonly backend: BackendName;
  readonly services: number;
  readonly endpoints: number;
  readonly scheduler: string;
}

const counted = ["rulesCompared", "bucketEntriesCompared", "serversExamined"] as const;
export type Counts = Readonly<Record<(typeof counted)[number], number>>;

/** What came out: nanoseconds a packet, batch by batch, and what kubenetsim counts for such packets. */
export interface RunResult extends Run {
  readonly clock: Sent["clock"];
  readonly batches: Readonly<Record<Target, readonly number[]>>;
  /** Where a rule draws, the number of rules is chance; the other differences between targets are not. */
  readonly counts: Readonly<Record<Target, Counts>>;
}

export interface Effort {
  /** In a batch, to each target. */
  readonly packets: number;
  readonly batches: number;
}

/** In a range for documentation (RFC 5737): an unused address in that of Services may be refused. */
const noService = "198.51.100.1";

/**
 * Writes a ruleset into a fresh namespace and sends packets, to the targets in turn.
 *
 * @throws Refusal where the kernel or a program does not take the rules
 */
export async function measureRun(run: Run, sender: Sender, effort: Effort): Promise<RunResult> {
  const { servicesAtOnce, load } = backends[run.backend];
  const size = sizeOf(run);
  const namespace = await NetworkNamespace.open();
  let sent: Sent;
  try {
    await load(namespace, growingSnapshots(size, servicesAtOnce));
    sent = await sender.send(
      namespace,
      targets.map((target) => addressOf(size, target)),
      effort,
    );
  } finally {
    namespace.close();
  }
  const ofTargets = <Value>(value: (target: Target, column: number) => Value): Record<Target, Value> => ({
    first: value("first", 0),
    last: value("last", 1),
    none: value("none", 2),
  });
  return {
    ...run,
    clock: sent.clock,
    batches: ofTargets((_, column) => sent.rows.map((row) => row[column]!)),
    counts: ofTargets((target) => countsOf(run, target)),
  };
}

function sizeOf(run: Run): ClusterSize {
  return { ...run, mode: backends[run.backend].mode };
}

/** What kubenetsim counts for a first packet to the target. */
export function countsOf(run: Run, position: Target): Counts {
  const cell = cellOf(sizeOf(run));
  const { measured } = runCell({ ...cell, parameters: { ...cell.parameters, position } }, counted);
  return Object.fromEntries(counted.map((name) => [name, measured[name] ?? 0])) as Counts;
}

function addressOf(size: ClusterSize, position: Target): string {
  if (position === "none") return noService;
  const { parameters } = cellOf(size);
  return targetOf({ ...parameters, position }, freshSite(parameters)).destination;
}
