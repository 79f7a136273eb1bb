import type { IpFamily } from "@kubenetsim/core/net/address";
import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { type IptablesProgram, type ProxySnapshot, syncIptables } from "@kubenetsim/proxy";
import type { ProxyStep } from "@kubenetsim/testing";
import { canonicalRestoreInput, restoreText } from "./restore-input.ts";

/** The sync loop of one family in one mode: when a sync is full, and what a refused write leaves behind. */
export interface OwnSync {
  run(snapshot: ProxySnapshot, step: ProxyStep): { name: string; dump: string; inputs: string[] };
}

/** How often both modes write everything, in seconds (pkg/proxy/util, FullSyncPeriod). */
const fullSyncPeriod = 3600;

export const ownModes: Readonly<Record<string, (family: IpFamily, syncPeriod: number) => OwnSync>> = {
  iptables: (family, syncPeriod) => new IptablesSync(family, syncPeriod),
};

class IptablesSync implements OwnSync {
  readonly #name: string;
  readonly #syncPeriod: number;
  #now = 0;
  #lastFull = 0;
  #lastCleanUp = 0;
  #needsFull = true;
  #wasLarge = false;
  /** What the kernel has. */
  #written: IptablesProgram | undefined;

  constructor(family: IpFamily, syncPeriod: number) {
    this.#name = family === "IPv4" ? "iptables-save" : "ip6tables-save";
    this.#syncPeriod = syncPeriod;
  }

  run(snapshot: ProxySnapshot, step: ProxyStep): { name: string; dump: string; inputs: string[] } {
    this.#now += step.elapsed ?? 0;
    const isOld = this.#now - this.#lastFull > fullSyncPeriod && !this.#wasLarge;
    const cleanUpDue = this.#now - this.#lastCleanUp > this.#syncPeriod;
    const full = this.#needsFull || step.full === true || isOld;
    const program = syncIptables(this.#written, snapshot, { full, cleanUpDue });
    if (!program.largeCluster || cleanUpDue) this.#lastCleanUp = this.#now;
    this.#wasLarge = program.largeCluster;
    this.#needsFull = step.refuse === true;
    if (step.refuse !== true) {
      if (program.sync === "full") this.#lastFull = this.#now;
      this.#written = program;
    }
    const dump = canonicalIptablesSave(this.#written!.ruleset);
    return { name: this.#name, dump, inputs: [canonicalRestoreInput(restoreText(program.input))] };
  }
}
