import type { IpFamily } from "@kubenetsim/core/net/address";
import { NftStore } from "@kubenetsim/netfilter/nft/nft-store";
import type { NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { canonicalNftList } from "@kubenetsim/netfilter/text/nft-canonical";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import {
  afterRefusal,
  afterRefusedRestore,
  type IptablesProgram,
  type NftablesProgram,
  type ProxySnapshot,
  printRestoreInput,
  syncIptables,
  syncNftables,
} from "@kubenetsim/proxy";
import { canonicalNftInput } from "./nft-input.ts";
import { canonicalRestoreInput } from "./restore-input.ts";

/** One sync, at a time in seconds. */
interface SyncRequest {
  readonly now: number;
  readonly full: boolean;
  /** The tool refuses the first thing that it is fed. */
  readonly refuse: boolean;
}

/** One family's writing in one mode. */
export interface OwnSync {
  readonly name: string;
  /** What is fed to the tool, in canonical form; and whether the sync failed, so that the next one must be full. */
  run(snapshot: ProxySnapshot, request: SyncRequest): { readonly inputs: string[]; readonly failed: boolean };
  /** What the kernel has, in canonical form. */
  dump(): string;
}

export const ownModes: Readonly<Record<string, (family: IpFamily) => OwnSync>> = {
  iptables: (family) => new IptablesSync(family),
  nftables: (family) => new NftablesSync(family),
};

class IptablesSync implements OwnSync {
  readonly name: string;
  #written: IptablesProgram | undefined;

  constructor(family: IpFamily) {
    this.name = family === "IPv4" ? "iptables-save" : "ip6tables-save";
  }

  run(snapshot: ProxySnapshot, { now, full, refuse }: SyncRequest): { inputs: string[]; failed: boolean } {
    const program = syncIptables(this.#written, snapshot, { now: 1000 * now, full });
    this.#written = refuse ? afterRefusedRestore(this.#written!, program) : program;
    return { inputs: [canonicalRestoreInput(new TextDecoder().decode(printRestoreInput(program)))], failed: refuse };
  }

  dump(): string {
    return canonicalIptablesSave(this.#written!.ruleset);
  }
}

class NftablesSync implements OwnSync {
  readonly name: "nft-ip" | "nft-ip6";
  readonly #kernel = new NftStore();
  #program: NftablesProgram | undefined;

  constructor(family: IpFamily) {
    this.name = family === "IPv4" ? "nft-ip" : "nft-ip6";
  }

  run(snapshot: ProxySnapshot, { now, full, refuse }: SyncRequest): { inputs: string[]; failed: boolean } {
    const program = syncNftables(this.#program, snapshot, { full, now: 1000 * now });
    const main = program.transactions.find((one) => !isDeletion(one));
    const failed = refuse && main !== undefined && main === program.transactions[0];
    const fed = refuse ? this.#refuse(program, snapshot, now) : this.#carryOut(program);
    return { inputs: withMain(fed).map(canonicalNftInput), failed };
  }

  dump(): string {
    return canonicalNftList(this.#kernel.table(this.name === "nft-ip" ? "ip" : "ip6", "kube-proxy")!);
  }

  #carryOut(program: NftablesProgram): readonly NftTransaction[] {
    for (const transaction of program.transactions) this.#kernel.apply(transaction);
    this.#program = program;
    return program.transactions;
  }

  /** A deletion of stale chains that fails makes the same sync write everything; a main transaction that fails, the next one. */
  #refuse(program: NftablesProgram, snapshot: ProxySnapshot, now: number): readonly NftTransaction[] {
    const [first] = program.transactions;
    if (first === undefined) return this.#carryOut(program);
    const known = afterRefusal(this.#program!);
    if (isDeletion(first)) {
      return [first, ...this.#carryOut(syncNftables(known, snapshot, { full: true, now: 1000 * now }))];
    }
    this.#program = known;
    return program.transactions;
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
