import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import type { Backend, SequenceEvent, SequencePlan } from "../../conformance/ipvs/sequence.ts";
import { habitsOf } from "./habits.ts";
import { randomBackend } from "./random-backend.ts";
import { chance, pick } from "./random-draws.ts";
import { RandomEvents } from "./random-events.ts";
import { randomPersistence, randomSysctls, randomTimeouts } from "./random-settings.ts";
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
    ...(shape.persistent ? randomPersistence(random, shape) : {}),
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
  const portless = (fwmark || persistent) && chance(random, 0.3);
  const shrinks = scheduler === "lblcr" && chance(random, 0.8);
  return {
    v6: chance(random, 0.25),
    proto: chance(random, 0.3) ? "udp" : "tcp",
    fwmark,
    persistent,
    portless,
    weights: shrinks ? "small" : weights,
    thresholds: chance(random, 0.3),
    habits: habitsOf(random, scheduler, shrinks),
    serversAtMost: chance(random, 0.1) ? 40 : 10,
    shrinks,
    pairs: !portless && chance(random, 0.15),
    waits: shrinks ? new Array<number>(2 + random.below(3)).fill(3.5) : randomWaits(random),
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
  const most = Math.floor(shape.serversAtMost * 0.7);
  const count = chance(random, 0.03) ? 0 : 1 + random.below(most);
  return Array.from({ length: count }, (_, at) => randomBackend(random, shape, at));
}

function sysctls(random: Random, shape: Shape): Pick<SequencePlan, "sysctls"> {
  // A set is cut down before the sequence is over.
  const soon = shape.shrinks ? { lblcr_expiration: 1 + random.below(2) } : {};
  const drawn = chance(random, 0.4) ? randomSysctls(random, shape) : {};
  const all = { ...drawn, ...soon };
  return Object.keys(all).length === 0 ? {} : { sysctls: all };
}

function timeouts(random: Random, { waits, shrinks }: Shape): Pick<SequencePlan, "timeouts"> {
  return waits.length === 0 || (shrinks && chance(random, 0.5)) ? {} : { timeouts: randomTimeouts(random) };
}

function randomEvents(random: Random, shape: Shape, backends: readonly Backend[]): SequenceEvent[] {
  const events = new RandomEvents(random, shape, backends);
  if (shape.shrinks) return growAndShrink(random, shape, events);
  const most = chance(random, 0.1) ? 80 + 4 * shape.serversAtMost : 36;
  const count = 4 + random.below(most);
  for (let i = 0; i < count; i++) events.add();
  const waitAfter = shape.waits.map((seconds) => ({ seconds, at: 1 + random.below(count) }));
  const list = [...events.list];
  for (const { seconds, at } of waitAfter) list.splice(at, 0, { wait: seconds });
  return list;
}

function growAndShrink(random: Random, shape: Shape, events: RandomEvents): SequenceEvent[] {
  for (const seconds of shape.waits) {
    events.open(2 + random.below(12));
    for (let i = random.below(12); i > 0; i--) events.add();
    for (let i = 1 + random.below(2); i > 0; i--) events.remove();
    events.wait(seconds);
    events.open(2 + random.below(5));
  }
  return events.list;
}
