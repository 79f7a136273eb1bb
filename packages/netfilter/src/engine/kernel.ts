import type { IpFamily } from "@kubenetsim/core/net/address";
import { copyRandom, type Random } from "@kubenetsim/core/runtime/random";
import type { IpSet, IpSetChange } from "../ruleset/ip-set.ts";
import type { NftChain, NftFamily, NftTable } from "../ruleset/nft-table.ts";
import type { NftTransaction } from "../ruleset/nft-transaction.ts";
import type { Chain, RestoreInput, Ruleset, TableName } from "../ruleset/ruleset.ts";
import { AddressBook, type DeviceInput } from "./address-book.ts";
import type { ChainName } from "./chain-numbers.ts";
import { ConditionNames } from "./condition-names.ts";
import { Conntrack, type ConntrackTimeouts, defaultTimeouts } from "./conntrack.ts";
import type { FamilyStack } from "./family-stack.ts";
import type { Hook } from "./hook.ts";
import { HookOrder } from "./hook-order.ts";
import type { CopiedKernel, KernelOptions } from "./kernel-options.ts";
import { familyStack } from "./kernel-stack.ts";
import type { HostState } from "./match-evaluator.ts";
import type { Meter } from "./meter.ts";
import { NftProgram } from "./nft/nft-program.ts";
import type { NftTapeNames } from "./nft/tape-names.ts";
import { Openings } from "./openings.ts";
import type { Packet } from "./packet.ts";
import { Program } from "./program.ts";
import { RecentLists } from "./recent-lists.ts";
import { RuleCode } from "./rule-code.ts";
import { SetStore } from "./set-store.ts";
import { SharedNumbers } from "./shared-numbers.ts";
import type { Tape } from "./tape.ts";
import type { Verdict } from "./verdict.ts";

/**
 * One host's netfilter, for both families: iptables' rules and nft's, sets, connection tracking, NAT, and IPVS where a
 * director is given. State is mutable numbers; `fork` copies it.
 * The caller moves the packet: PREROUTING, then (after routing) INPUT, or FORWARD and POSTROUTING; OUTPUT and POSTROUTING
 * for one that is made here, where OUTPUT asks `packet.router` for the way to another destination. `stolen` from INPUT or
 * OUTPUT means that IPVS gave it a new destination: route it anew and run OUTPUT (which knows that it has been there) and
 * POSTROUTING. Set `inDevice`, `outDevice` and `bridged` before each hook that asks them. A packet that stays on the host by
 * loopback keeps its metadata between POSTROUTING and PREROUTING.
 * Counters of rules speak of packets that `runHook` saw, and of those that a walker has sent on a way that it remembers.
 *
 * @example
 * const kernel = new Kernel({ random: seededRandom("a"), clock: virtualClock(), devices: [{ name: "eth0", addresses: ["192.168.10.11/24"] }] });
 * kernel.load(parseIptablesSave(text));
 * kernel.runHook(hook.PREROUTING, packet, meter, null);
 */
export class Kernel {
  #revision = 0;
  readonly #options: KernelOptions;
  readonly #numbers: SharedNumbers;
  readonly #names: ConditionNames;
  readonly #recents: RecentLists;
  readonly #order: HookOrder;
  readonly #nft: NftProgram;
  #devices: readonly DeviceInput[];
  #addresses: AddressBook;
  readonly #host: { -readonly [K in keyof HostState]: HostState[K] };
  readonly #nat: Random;
  #v4: FamilyStack;
  #v6: FamilyStack;
  /** How packets of IPv4 open connections here. */
  readonly openings: Openings;

  constructor(options: KernelOptions, copied?: CopiedKernel) {
    this.#options = options;
    this.#devices = options.devices ?? [];
    this.#numbers = options.numbers ?? new SharedNumbers();
    const { conditions } = this.#numbers;
    this.#names = copied?.names ?? new ConditionNames(new SetStore(conditions), conditions);
    this.#names.setDevices(this.#devices);
    this.#recents = copied?.recents ?? new RecentLists();
    this.#order = copied?.order ?? new HookOrder();
    const nftHost = { names: this.#names, clock: options.clock, order: this.#order, random: options.random };
    this.#nft = copied?.nft.fork(nftHost) ?? new NftProgram(nftHost);
    this.#addresses = new AddressBook(this.#devices);
    this.#nat = copied?.nat ?? options.random.fork("nat");
    this.#host = {
      names: this.#names,
      addresses: this.#addresses,
      recents: this.#recents,
      clock: options.clock,
      chance: copied?.chance ?? options.random.fork("statistic"),
      director: options.director,
    };
    this.#v4 = this.#stack("IPv4", copied?.v4.program, copied?.v4.conntrack);
    this.#v6 = this.#stack("IPv6", copied?.v6.program, copied?.v6.conntrack);
    this.openings = new Openings(this.#v4.conntrack);
  }

  /** Replaces all rules of the ruleset's family. Chains that are the same objects as before keep their code and counters. */
  load(ruleset: Ruleset): void {
    this.#revision++;
    const stack = this.#of(ruleset.family);
    stack.program.load(ruleset);
    stack.refresh();
  }

  /**
   * What `iptables-restore --noflush` does, table by table: only the chains in it change.
   * @throws RestoreError for a jump to a chain that `load` or `removeChains` took away; the tables before have been taken
   */
  restore(input: RestoreInput): void {
    this.#revision++;
    this.#of(input.family).restore(input);
  }

  /** `iptables -F` and `iptables -X`, by another than the one who wrote the chains. */
  removeChains(family: IpFamily, table: TableName, names: readonly string[]): void {
    this.#revision++;
    this.#of(family).program.remove(table, names);
  }

  /** Has the iptables rules of another host, whose kernel was given the same `numbers`; counters of chains that stay go on. */
  takeRules(from: Kernel): void {
    this.#revision++;
    for (const family of ["IPv4", "IPv6"] as const) {
      const stack = this.#of(family);
      stack.program.takeOver(from.#of(family).program);
      stack.refresh();
    }
  }

  /**
   * What `nft -f` does with one table: all of the transaction, or nothing. Costs what it names, not what the table holds.
   * @throws NftError for what nft would refuse
   */
  applyNft(transaction: NftTransaction): void {
    const { bases } = this.#nft;
    const before = bases.revision;
    this.#nft.apply(transaction);
    this.#revision++;
    if (bases.revision !== before) this.#of(transaction.family === "ip" ? "IPv4" : "IPv6").refresh();
  }

  /** Replaces all sets, of both families. */
  loadSets(sets: readonly IpSet[]): void {
    this.#revision++;
    this.#names.sets.load(sets);
  }

  /** Adds sets, or puts them in the place of those of their names; all others stay. `change` says how one of them came to be. */
  putSets(sets: readonly IpSet[], change?: IpSetChange): void {
    this.#revision++;
    if (change !== undefined) this.#names.sets.change(change);
    this.#names.sets.put(sets);
  }

  /** `ipset destroy`: those of these names that are there. */
  destroySets(names: readonly string[]): void {
    this.#revision++;
    this.#names.sets.destroy(names);
  }

  /** Replaces devices and addresses. */
  setDevices(devices: readonly DeviceInput[]): void {
    this.#revision++;
    this.#devices = devices;
    this.#names.setDevices(devices);
    this.#addresses = new AddressBook(devices);
    this.#host.addresses = this.#addresses;
    this.#v4 = this.#stack("IPv4", this.#v4.program, this.#v4.conntrack);
    this.#v6 = this.#stack("IPv6", this.#v6.program, this.#v6.conntrack);
  }

  /** Grows whenever rules, sets or devices change, or IPVS begins to work: as long as it stays, a packet that hangs on nothing else fares alike. */
  get revision(): number {
    return this.#options.director?.enabled === true ? this.#revision + 1 : this.#revision;
  }

  get devices(): readonly DeviceInput[] {
    return this.#devices;
  }

  runHook(at: Hook, packet: Packet, meter: Meter, tape: Tape | null): Verdict {
    return (packet.v6 ? this.#v6 : this.#v4).runHook(at, packet, meter, tape);
  }

  /** Family, table and chain behind a chain id of the tape. */
  chainName(id: number): ChainName {
    return this.#of((id & 1) === 1 ? "IPv6" : "IPv4").program.registry.nameOf(id >> 1);
  }

  /** A chain of the tape as it stands now; undefined when it is gone. */
  chainAt(id: number): Chain | undefined {
    return this.#of((id & 1) === 1 ? "IPv6" : "IPv4").program.registry.chainOf(id >> 1);
  }

  /** The chains of the tape as they stand now, for one who asks when others stand there. */
  chainsNow(): (id: number) => Chain | undefined {
    const v4 = this.#v4.program.registry.chainsNow();
    const v6 = this.#v6.program.registry.chainsNow();
    return (id) => ((id & 1) === 1 ? v6 : v4)[id >> 1];
  }

  /** What stands behind nft's chain ids (those below zero, as ~id) and set ids of the tape, as of the asking. */
  get nftNames(): NftTapeNames {
    return this.#nft.tapeNames;
  }

  /** As `chainsNow`, by nft's ids. */
  nftChainsNow(): (id: number) => NftChain | undefined {
    return this.#nft.chainsNow();
  }

  setName(id: number): string {
    return this.#names.sets.names[id] ?? "";
  }

  /** The rules for `printIptablesSave`: with their counters, or without, as one object for all hosts that run the same. */
  ruleset(family: IpFamily, counters = true): Ruleset {
    return this.#of(family).program.ruleset(counters);
  }

  /** One chain with its counters; undefined when there is none. */
  chain(family: IpFamily, table: TableName, name: string): Chain | undefined {
    return this.#of(family).program.chain(table, name);
  }

  /** `nft list table`: with counters, and with elements that rules have added, as they stand now. */
  nftTable(family: NftFamily, name: string): NftTable | undefined {
    return this.#nft.table(family, name);
  }

  nftTables(): NftTable[] {
    return this.#nft.tables();
  }

  sets(): readonly IpSet[] {
    return this.#names.sets.sets();
  }

  /** Packets and bytes of each nfacct counter that has counted any. */
  nfacct(): ReadonlyMap<string, { readonly packets: number; readonly bytes: number }> {
    return this.#names.accounts();
  }

  /** Is the destination an address of the host (`-m addrtype --dst-type LOCAL`)? */
  isLocal(packet: Packet): boolean {
    return this.#addresses.destinationType(packet) === 2;
  }

  conntrack(family: IpFamily): Conntrack {
    return this.#of(family).conntrack;
  }

  /** Of both families, as their sysctls are the same. */
  setConntrackTimeouts(timeouts: Partial<ConntrackTimeouts>): void {
    this.#v4.conntrack.setTimeouts(timeouts);
    this.#v6.conntrack.setTimeouts(timeouts);
  }

  /** `conntrack -F` */
  flushConntrack(): void {
    this.#v4.conntrack.clear();
    this.#v6.conntrack.clear();
  }

  /**
   * A host in the same state that goes its own way from here. Its streams go on where these stand; given a random of
   * another seed, they begin anew from that.
   */
  fork(options: Partial<KernelOptions> & Pick<KernelOptions, "random" | "clock">): Kernel {
    const names = this.#names.fork(this.#names.sets.fork());
    const copy = (stack: FamilyStack) => ({
      program: stack.program.fork(names),
      conntrack: stack.conntrack.fork(options.clock),
    });
    const sameSeed = options.random.seed === this.#options.random.seed;
    const streams = sameSeed ? { nat: copyRandom(this.#nat), chance: copyRandom(this.#host.chance) } : {};
    const state = { names, recents: this.#recents.fork(), order: this.#order.fork(), nft: this.#nft, ...streams };
    return new Kernel(
      { ...this.#options, numbers: this.#numbers, devices: this.#devices, ...options },
      { ...state, v4: copy(this.#v4), v6: copy(this.#v6) },
    );
  }

  /** A host in the same state, in the same time. */
  copy(): Kernel {
    const { random, clock, director } = this.#options;
    return this.fork({ random, clock, ...(director === undefined ? {} : { director: director.fork(clock) }) });
  }

  #of(family: IpFamily): FamilyStack {
    return family === "IPv4" ? this.#v4 : this.#v6;
  }

  #stack(family: IpFamily, oldProgram?: Program, oldConntrack?: Conntrack): FamilyStack {
    const { clock, director, conntrackTimeouts, keptWaste } = this.#options;
    const numbers = family === "IPv4" ? this.#numbers.v4 : this.#numbers.v6;
    return familyStack(this.#options, {
      program: oldProgram ?? new Program(this.#names, new RuleCode(numbers, keptWaste)),
      conntrack: oldConntrack ?? new Conntrack(family === "IPv6", clock, { ...defaultTimeouts, ...conntrackTimeouts }),
      host: this.#host,
      nft: this.#nft,
      nat: this.#nat,
      order: this.#order,
      director,
    });
  }
}
