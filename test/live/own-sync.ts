import type { IpFamily } from "@kubenetsim/core/net/address";
import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { type IptablesProgram, type ProxySnapshot, syncIptables } from "@kubenetsim/proxy";
import type { ProxyStep } from "@kubenetsim/testing";
import { canonicalRestoreInput, restoreText } from "./restore-input.ts";

/** The sync loop of one family in one mode: when a sync is full, and what a refused write leaves behind. */
export interface OwnSync {
  run(snapshot: ProxySnapshot, step: ProxyStep): { name: string; dump: string; inputs: string[] };
}

export const ownModes: Readonly<Record<string, (family: IpFamily, syncPeriod: number) => OwnSync>> = {
  iptables: (family) => new IptablesSync(family),
};

class IptablesSync implements OwnSync {
  readonly #name: string;
  #now = 0;
  #needsFull = false;
  /** What the kernel has. */
  #written: IptablesProgram | undefined;

  constructor(family: IpFamily) {
    this.#name = family === "IPv4" ? "iptables-save" : "ip6tables-save";
  }

  run(snapshot: ProxySnapshot, step: ProxyStep): { name: string; dump: string; inputs: string[] } {
    this.#now += (step.elapsed ?? 0) * 1000;
    const full = this.#needsFull || step.full === true;
    const program = syncIptables(this.#written, snapshot, { full, now: this.#now });
    this.#needsFull = step.refuse === true;
    const { largeCluster, lastCleanUp } = program;
    this.#written = step.refuse === true ? { ...this.#written!, largeCluster, lastCleanUp } : program;
    const dump = canonicalIptablesSave(this.#written.ruleset);
    return { name: this.#name, dump, inputs: [canonicalRestoreInput(restoreText(program.input))] };
  }
}
