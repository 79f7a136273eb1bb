import type { Random } from "@kubenetsim/core/runtime/random";
import type { SequencePlan } from "../../conformance/ipvs/sequence.ts";
import { chance, pick } from "./random-draws.ts";
import type { Shape } from "./shape.ts";

/** How long clients stay with their servers, and which of them are one client. */
export function randomPersistence(
  random: Random,
  shape: Pick<Shape, "waits" | "v6">,
): Required<Pick<SequencePlan, "persistent">> & Pick<SequencePlan, "netmask"> {
  const persistent = shape.waits.length > 0 ? pick(random, [1, 2, 5]) : pick(random, [300, 10_800]);
  if (chance(random, 0.5)) return { persistent };
  const netmask = shape.v6
    ? pick(random, ["64", "112", "125", "128"])
    : pick(random, ["255.255.255.0", "255.255.0.0", "255.255.255.248", "255.255.255.255"]);
  return { persistent, netmask };
}

/** Some of those that IPVS goes by; short expirations only where there is time for them. */
export function randomSysctls(random: Random, { waits }: Pick<Shape, "waits">): Readonly<Record<string, number>> {
  const all = {
    conn_reuse_mode: random.below(3),
    expire_nodest_conn: random.below(2),
    expire_quiescent_template: random.below(2),
    ...(waits.length === 0 ? {} : { lblcr_expiration: pick(random, [1, 2, 5]), lblc_expiration: pick(random, [1, 5]) }),
  };
  return Object.fromEntries(Object.entries(all).filter(() => chance(random, 0.6)));
}

/** TCP, TCP after a FIN, UDP. */
export function randomTimeouts(random: Random): readonly [number, number, number] {
  const any = (): number => pick(random, [0, 1, 2, 5]);
  return [any(), any(), any()];
}
