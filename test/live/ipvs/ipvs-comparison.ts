import { replay } from "../../conformance/ipvs/replay.ts";
import type { SequencePlan } from "../../conformance/ipvs/sequence.ts";
import type { Comparison } from "../comparison.ts";
import type { Difference } from "../difference.ts";
import { askKernel, type KernelAnswer } from "./kernel-answers.ts";
import { randomSequence } from "./random-sequence.ts";

/** A kernel's IPVS: whom it picks over a random sequence of events, and what it counts. */
export const ipvsComparison: Comparison<SequencePlan, KernelAnswer> = {
  casesAtOnce: 500,
  removable: {
    lists: new Set(["backends", "events", "flags"]),
    fields: new Set(["uthresh", "lthresh", "persistent", "netmask", "fwmark", "fwnet", "timeouts", "sysctls", "dst"]),
  },
  draw: randomSequence,
  ask: askKernel,
  differenceOf,
  record: (one, { picks, states }) => ({ ...one, picks, states }),
};

function differenceOf(plan: SequencePlan, answer: KernelAnswer): Difference | undefined {
  if (answer.error !== undefined) return { step: 0, where: "kernel", text: answer.error };
  let own: ReturnType<typeof replay>;
  try {
    own = replay(plan);
  } catch (problem) {
    return { step: 0, where: "our own", text: String((problem as Error).stack) };
  }
  const pairs = [{ step: 0, where: "state", real: answer.states![0], own: own.states[0] }] as Pair[];
  let opens = 0;
  for (const [at, event] of plan.events.entries()) {
    const step = at + 1;
    if (event.open !== undefined) {
      pairs.push({ step, where: "pick", real: answer.picks![opens], own: own.picks[opens] });
      opens++;
    }
    pairs.push({ step, where: "state", real: answer.states![step], own: own.states[step] });
  }
  const first = pairs.find(({ real, own }) => JSON.stringify(real) !== JSON.stringify(own));
  if (first === undefined) return undefined;
  const { step, where, real } = first;
  const event = step === 0 ? "start" : JSON.stringify(plan.events[step - 1]);
  const text = `${plan.scheduler}, after ${event}\n  real: ${JSON.stringify(real)}\n  ours: ${JSON.stringify(first.own)}`;
  return { step, where, text };
}

interface Pair {
  readonly step: number;
  readonly where: string;
  readonly real: unknown;
  readonly own: unknown;
}
