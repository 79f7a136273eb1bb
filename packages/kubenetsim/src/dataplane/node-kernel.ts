import type { Clock } from "@kubenetsim/core/runtime/clock";
import type { Random } from "@kubenetsim/core/runtime/random";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import { type KernelNames, liveNames } from "@kubenetsim/network/trace/kernel-names";
import { schedulers } from "@kubenetsim/schedulers/schedulers";
import { type FamilyProgram, families } from "./family-program.ts";
import type { NodeProxy } from "./node-proxy.ts";

/** One node's kernel with what its kube-proxy has written into it. */
export interface NodeKernel {
  readonly kernel: Kernel;
  readonly director: IpvsDirector;
}

export interface KernelSurroundings {
  readonly random: Random;
  readonly clock: Clock;
}

/** A kernel without rules. */
export function emptyKernel({ random, clock }: KernelSurroundings): NodeKernel {
  const director = new IpvsDirector({ clock, schedulers });
  return { kernel: new Kernel({ random, clock, director }), director };
}

/** A copy in the same state that goes its own way from here. */
export function forkKernel({ kernel, director }: NodeKernel, { random, clock }: KernelSurroundings): NodeKernel {
  const copy = director.fork(clock);
  return { kernel: kernel.fork({ random, clock, director: copy }), director: copy };
}

/** Writes into a kernel what a sync changed; everything when there was no sync before. */
export function writeToKernel({ kernel, director }: NodeKernel, before: NodeProxy | undefined, after: NodeProxy): void {
  const changed = after.programs.filter((program, i) => program !== before?.programs[i]);
  if (changed.some((program) => program.mode === "ipvs")) loadIpvs(kernel, director, after);
  for (const program of changed) {
    if (program.mode === "iptables" && program.program.sync === "partial") kernel.restore(program.program.input);
    else kernel.load(program.program.ruleset);
  }
}

function loadIpvs(kernel: Kernel, director: IpvsDirector, { programs, config }: NodeProxy): void {
  const ipvs = programs.filter((one) => one.mode === "ipvs").map((one) => one.program);
  const { tcpTimeoutSeconds, tcpFinTimeoutSeconds, udpTimeoutSeconds } = config.ipvs;
  const { timeouts } = director;
  director.configure({
    timeouts: {
      tcp: tcpTimeoutSeconds || timeouts.tcp,
      tcpFin: tcpFinTimeoutSeconds || timeouts.tcpFin,
      udp: udpTimeoutSeconds || timeouts.udp,
    },
  });
  director.load(ipvs.flatMap((program) => program.virtualServers));
  kernel.loadSets(ipvs.flatMap((program) => program.ipSets));
}

/** What the numbers on a tape stand for as the rules are now; later syncs do not change it. */
export function kernelNames({ kernel, director }: NodeKernel, programs: readonly FamilyProgram[]): KernelNames {
  return {
    ...liveNames(kernel, director),
    chain: (id) => {
      const { family, table, chain } = kernel.chainName(id);
      const program = programs[families.indexOf(family)]!;
      const rules = program.program.ruleset.tables.get(table)?.chains.get(chain)?.rules ?? [];
      return { table, chain, rules };
    },
  };
}
