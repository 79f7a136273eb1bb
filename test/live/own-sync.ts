import type { IpFamily } from "@kubenetsim/core/net/address";
import { NftStore } from "@kubenetsim/netfilter/nft/nft-store";
import type { NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { canonicalNftList } from "@kubenetsim/netfilter/text/nft-canonical";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import {
  afterRefusal,
  type IptablesProgram,
  type NftablesProgram,
  type ProxySnapshot,
  syncIptables,
  syncNftables,
} from "@kubenetsim/proxy";
import type { ProxyStep } from "@kubenetsim/testing";
import { canonicalNftInput } from "./nft-input.ts";
import { canonicalRestoreInput, restoreText } from "./restore-input.ts";

/** The sync loop of one family in one mode: when a sync is full, and what a refused write leaves behind. */
export interface OwnSync {
  run(snapshot: ProxySnapshot, step: ProxyStep): { name: string; dump: string; inputs: string[] };
}

export const ownModes: Readonly<Record<string, (family: IpFamily, syncPeriod: number) => OwnSync>> = {
  iptables: (family) => new IptablesSync(family),
  nftables: (family) => new NftablesSync(family),
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

class NftablesSync implements OwnSync {
  readonly #name: "nft-ip" | "nft-ip6";
  readonly #kernel = new NftStore();
  #now = 0;
  #needsFull = false;
  #program: NftablesProgram | undefined;

  constructor(family: IpFamily) {
    this.#name = family === "IPv4" ? "nft-ip" : "nft-ip6";
  }

  run(snapshot: ProxySnapshot, step: ProxyStep): { name: string; dump: string; inputs: string[] } {
    this.#now += (step.elapsed ?? 0) * 1000;
    const full = this.#needsFull || step.full === true;
    this.#needsFull = false;
    const program = syncNftables(this.#program, snapshot, { full, now: this.#now });
    const fed = step.refuse === true ? this.#refuse(program, snapshot) : this.#carryOut(program);
    const dump = canonicalNftList(this.#kernel.table(this.#name === "nft-ip" ? "ip" : "ip6", "kube-proxy")!);
    return { name: this.#name, dump, inputs: withMain(fed).map(canonicalNftInput) };
  }

  #carryOut(program: NftablesProgram): readonly NftTransaction[] {
    for (const transaction of program.transactions) this.#kernel.apply(transaction);
    this.#program = program;
    return program.transactions;
  }

  /** A deletion of stale chains that fails makes the same sync write everything; a main transaction that fails, the next one. */
  #refuse({ transactions }: NftablesProgram, snapshot: ProxySnapshot): readonly NftTransaction[] {
    const known = afterRefusal(this.#program!);
    if (transactions[0] !== undefined && isDeletion(transactions[0])) {
      const whole = syncNftables(known, snapshot, { full: true, now: this.#now });
      return [transactions[0], ...this.#carryOut(whole)];
    }
    this.#program = known;
    this.#needsFull = true;
    return transactions;
  }
}

/** kube-proxy runs its main transaction even when there is nothing in it. */
function withMain(transactions: readonly NftTransaction[]): string[] {
  const texts = transactions.map(printNftTransaction);
  return transactions.every(isDeletion) ? [...texts, ""] : texts;
}

function isDeletion({ commands }: NftTransaction): boolean {
  return commands.every(({ verb, object }) => verb === "delete" && object === "chain");
}
