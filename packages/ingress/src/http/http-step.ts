import type { Origin } from "@kubenetsim/core/trace/origin";

/** What one phase of a program did with a request, in the order in which it did it. */
export interface HttpStep {
  /** `server`, `location`, `rewrite`, `access`, `balancer`, `upstream`, …: the program's own word. */
  readonly phase: string;
  /** What was decided and why: `location ~* "^/api" because a location of the host rewrites`. */
  readonly text: string;
  /** Chance decided what another draw could decide otherwise, beside which endpoint of a Service has its turn. */
  readonly isChance?: boolean;
  /** The object that asked for it, and its field. */
  readonly origin?: Origin | undefined;
}
