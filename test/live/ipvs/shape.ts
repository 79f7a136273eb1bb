import type { Habits } from "./habits.ts";
import type { WeightStyle } from "./random-weight.ts";

/** What all draws of one sequence go by. */
export interface Shape {
  readonly v6: boolean;
  readonly proto: "tcp" | "udp";
  readonly fwmark: boolean;
  readonly persistent: boolean;
  /** No port of its own: takes all that come to its address, or its mark. */
  readonly portless: boolean;
  readonly weights: WeightStyle;
  readonly thresholds: boolean;
  readonly habits: Habits;
  /** All servers that there can be. */
  readonly serversAtMost: number;
  /** A destination's set of servers grows, members of it go to the trash, and it is cut down after a wait: lblcr's. */
  readonly shrinks: boolean;
  /** Two servers each have one address, on two ports. */
  readonly pairs: boolean;
  /** Seconds of each wait; none for most, for they are real seconds. */
  readonly waits: readonly number[];
}
