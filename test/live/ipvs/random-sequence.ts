import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import type { Backend, SequenceEvent, SequencePlan } from "../../conformance/ipvs/sequence.ts";
import { randomBackend } from "./random-backend.ts";
import { chance, pick } from "./random-draws.ts";
import { RandomEvents } from "./random-events.ts";
import { type WeightStyle, weightStyles } from "./random-weight.ts";
import { schedulerAndFlags } from "./scheduler-flags.ts";
import type { Shape } from "./shape.ts";

/** A sequence of events for a virtual server of any kind: the same seed gives the same one. */
export function randomSequence(seed: number): SequencePlan {
  const random = seededRandom(`ipvs sequence ${seed}`);
  const weights = pick(random, weightStyles);
  const scheduling = schedulerAndFlags(random, weights);
  const shape = randomShape(random, scheduling.scheduler, weights);
  const backends = randomBackends(random, shape);
  return {
    id: String(seed),
    ...scheduling,
    proto: shape.proto,
    vip: shape.v6 ? "fd00:10:96::a" : "10.96.0.10",
    vport: shape.portless && !shape.fwmark ? 0 : chance(random, 1 / 40) ? 21 : 80,
    ...persistence(random, shape),
    ...(shape.fwmark ? { fwmark: 1 + random.below(3), fwnet: shape.v6 ? "fd00:97::/32" : "10.97.0.0/16" } : {}),
    ...sysctls(random, shape),
    ...timeouts(random, shape),
    backends,
    events: randomEvents(random, shape, backends),
  };
}

function randomShape(random: Random, scheduler: string, weights: WeightStyle): Shape {
  const byDestination = ["dh", "lblc", "lblcr"].includes(scheduler);
  const fwmark = chance(random, byDestination ? 0.7 : 0.15);
  const persistent = chance(random, 0.2);
  return {
    v6: chance(random, 0.25),
    proto: chance(random, 0.3) ? "udp" : "tcp",
    fwmark,
    persistent,
    portless: (fwmark || persistent) && chance(random, 0.3),
    weights,
    thresholds: chance(random, 0.3),
    waits: randomWaits(random),
  };
}

/**
 * Timeouts are 1, 2 or 5 seconds, or 10 (a connection that was reset): what passes between two events is never near to
 * one, for a timer of the kernel fires up to an eighth late.
 */
function randomWaits(random: Random): number[] {
  if (!chance(random, 0.12)) return [];
  const long = chance(random, 0.1) ? [11.5] : [];
  return chance(random, 0.4) ? [3.5, ...(long.length > 0 ? long : [3.5])] : long.length > 0 ? long : [3.5];
}

function randomBackends(random: Random, shape: Shape): Backend[] {
  const count = chance(random, 0.03) ? 0 : 1 + random.below(7);
  return Array.from({ length: count }, (_, at) => randomBackend(random, shape, at));
}

function persistence(random: Random, shape: Shape): Pick<SequencePlan, "persistent" | "netmask"> {
  if (!shape.persistent) return {};
  const persistent = shape.waits.length > 0 ? pick(random, [1, 2, 5]) : pick(random, [300, 10_800]);
  if (chance(random, 0.5)) return { persistent };
  const netmask = shape.v6
    ? pick(random, ["64", "112", "125", "128"])
    : pick(random, ["255.255.255.0", "255.255.0.0", "255.255.255.248", "255.255.255.255"]);
  return { persistent, netmask };
}

function sysctls(random: Random, { waits }: Shape): Pick<SequencePlan, "sysctls"> {
  if (!chance(random, 0.4)) return {};
  const all = {
    conn_reuse_mode: random.below(3),
    expire_nodest_conn: random.below(2),
    expire_quiescent_template: random.below(2),
    ...(waits.length === 0 ? {} : { lblcr_expiration: pick(random, [1, 2, 5]) }),
  };
  return { sysctls: Object.fromEntries(Object.entries(all).filter(() => chance(random, 0.6))) };
}

function timeouts(random: Random, { waits }: Shape): Pick<SequencePlan, "timeouts"> {
  if (waits.length === 0) return {};
  const any = (): number => pick(random, [0, 1, 2, 5]);
  return { timeouts: [any(), any(), any()] };
}

function randomEvents(random: Random, shape: Shape, backends: readonly Backend[]): SequenceEvent[] {
  const events = new RandomEvents(random, shape, backends);
  const count = 4 + random.below(chance(random, 0.1) ? 120 : 36);
  for (let i = 0; i < count; i++) events.add();
  const waitAfter = shape.waits.map((seconds) => ({ seconds, at: 1 + random.below(count) }));
  const list = [...events.list];
  for (const { seconds, at } of waitAfter) list.splice(at, 0, { wait: seconds });
  return list;
}
