import type { Hook } from "@kubenetsim/netfilter/engine/hook";
import type { Meter } from "@kubenetsim/netfilter/engine/meter";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Tape } from "@kubenetsim/netfilter/engine/tape";
import type { Verdict } from "@kubenetsim/netfilter/engine/verdict";
import type { Process } from "../topology/process.ts";
import type { HostKernel } from "../walk/host-kernel.ts";

/** A kernel that can be tried without a trace in it. `Kernel` is one. */
export interface CopyableKernel extends HostKernel {
  /** Another one in the same state: what packets do to it leaves this one as it is. */
  copy(): HostKernel;
}

/** Stands for a kernel whose state no packet is to change: packets meet a copy, made when the first one comes by. */
export class TrialKernel implements HostKernel {
  readonly #original: CopyableKernel;
  #copy: HostKernel | undefined;

  constructor(original: CopyableKernel) {
    this.#original = original;
  }

  runHook(at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    this.#copy ??= this.#original.copy();
    return this.#copy.runHook(at, packet, meter, tape);
  }

  listener(packet: Packet): Process | undefined {
    this.#copy ??= this.#original.copy();
    return this.#copy.listener?.(packet);
  }

  /** The next packet meets the original's state again. */
  reset(): void {
    this.#copy = undefined;
  }
}
