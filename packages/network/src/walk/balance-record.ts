import { type Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { Balancer, BalanceVerdict } from "../balancer/balancer.ts";
import type { LoadBalancerMode } from "../balancer/load-balancer.ts";

/** Modes as the tape has them: the index is the code. */
export const balanceModes: readonly LoadBalancerMode[] = ["vip", "nat", "proxy"];

/** What a load balancer has just decided. */
export function writeBalance(tape: Tape, { config, view, target }: Balancer, decided: BalanceVerdict): void {
  tape.write(tapeKind.balance, decided, view, target, balanceModes.indexOf(config.mode));
}
