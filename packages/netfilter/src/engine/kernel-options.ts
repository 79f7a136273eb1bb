import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { DeviceInput } from "./address-book.ts";
import type { ConditionNames } from "./condition-names.ts";
import type { Conntrack, ConntrackTimeouts } from "./conntrack.ts";
import type { Director } from "./director.ts";
import type { Engine } from "./evaluator.ts";
import type { HookOrder } from "./hook-order.ts";
import type { NftProgram } from "./nft/nft-program.ts";
import type { Program } from "./program.ts";
import type { RecentLists } from "./recent-lists.ts";
import type { SharedNumbers } from "./shared-numbers.ts";

export interface KernelOptions {
  /** Forked as `statistic` and `nat`. */
  readonly random: Random;
  readonly clock: Clock;
  readonly director?: Director;
  /** Devices by number, in the order in which the host made them. */
  readonly devices?: readonly DeviceInput[];
  /** `index` if not said. Both give the same verdicts, counts and tapes. */
  readonly engine?: Engine;
  /** Of all kernels that may take over each other's rules; its own unless given. */
  readonly numbers?: SharedNumbers;
  /** Words of code of rules that are no more that a family keeps at least before it starts its code anew; 65,536 if not said. */
  readonly keptWaste?: number | undefined;
  readonly conntrackTimeouts?: Partial<ConntrackTimeouts>;
}

/** What a fork takes over. */
export interface CopiedKernel {
  readonly nat?: Random;
  readonly chance?: Random;
  readonly names: ConditionNames;
  readonly recents: RecentLists;
  readonly order: HookOrder;
  /** Still the original's. */
  readonly nft: NftProgram;
  readonly v4: { readonly program: Program; readonly conntrack: Conntrack };
  readonly v6: { readonly program: Program; readonly conntrack: Conntrack };
}
