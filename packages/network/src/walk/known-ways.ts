import { survivalsOf } from "@kubenetsim/netfilter/engine/cascade-draw";
import { CountJournal } from "@kubenetsim/netfilter/engine/count-journal";
import type { Fate } from "@kubenetsim/netfilter/engine/fate";
import { type Packet, tcpFlag } from "@kubenetsim/netfilter/engine/packet";
import type { Ledger } from "@kubenetsim/netfilter/engine/rule-counters";
import { BranchCounts } from "./branch-counts.ts";
import { BranchOpenings, type OpenedWay, openingsLength } from "./branch-openings.ts";
import { branchField, branchLength, type WayEnd, writeBranch } from "./branch-record.ts";
import { Dice } from "./dice.ts";
import type { DispositionCode } from "./disposition-code.ts";
import type { HostKernel } from "./host-kernel.ts";
import { WayGuards } from "./way-guards.ts";
import { WayTable, wayField } from "./way-table.ts";

/** `WayTable`'s kinds: a place that is free, a way that must be walked, one without a draw; the others are dice. */
const kind = { free: 0, walk: 1, plain: 2, dice: 3 } as const;

const firstBranches = 1024;
/** 64 bytes each, 128 where connections are kept. */
const mostBranches = 2 ** 17;
/** Packets of one branch that its rules may not have counted yet. */
const mostPasses = 2 ** 30;

/** A walk that has just ended. */
export interface WalkedWay {
  readonly end: WayEnd;
  readonly receiver: number;
  readonly disposition: DispositionCode;
  readonly trail: Int32Array;
  readonly hosts: number;
}

/**
 * Ways of IPv4 requests that hang on nothing but the header without its source port, the rules, and at most one draw, where no
 * connection is there that the packet belongs to:
 * a way has a branch for each outcome of its draw, known once a packet has walked it. When a kernel of a way has
 * changed, or there are more branches than the limit, everything is forgotten. Packets are counted by branch; the rules that have
 * matched its first one get these counts as soon as somebody wants to read theirs.
 */
export class KnownWays implements Ledger {
  /** Grows when everything is forgotten: numbers of branches mean others then. */
  generation = 0;
  /** `stride` words for each branch: how it ends, and where connections are kept, those that it opens. */
  branches: Int32Array;
  readonly stride: number;
  /** The number that decides the way of the packet that `choose` sends to walk; -1 where none was drawn. */
  forced = -1;
  /** The branch that the last packet has made known; -1 for none. */
  learned = -1;
  /** What the packet counts that `choose` sends to walk. */
  readonly journal: CountJournal = new CountJournal();
  readonly #counts: BranchCounts = new BranchCounts();
  /** Rules have not counted all packets yet; those that they have not are of this length. */
  #owes = false;
  #bytes = 0;
  readonly #limit: number;
  readonly #table: WayTable = new WayTable();
  readonly #guards: WayGuards;
  readonly #kernels: readonly (HostKernel | undefined)[];
  readonly #openings: BranchOpenings;
  readonly #keeps: boolean;
  #dice: Dice[] = [];
  readonly #diceNumbers: Map<string, number> = new Map();
  /** For each branch a number that leads into it. */
  #numbers: Float64Array = new Float64Array(firstBranches);
  #used = 0;
  /** Host, source, destination, protocol and port of the last packet. */
  readonly #key: Int32Array = new Int32Array(4);
  #learning = false;

  /** `keeps` says that packets open connections. */
  constructor(kernels: readonly (HostKernel | undefined)[], keeps: boolean, limit: number = mostBranches) {
    this.#kernels = kernels;
    this.#keeps = keeps;
    this.stride = branchLength + (this.#keeps ? openingsLength : 0);
    this.branches = new Int32Array(firstBranches * this.stride);
    this.#openings = new BranchOpenings(kernels);
    this.#guards = new WayGuards(kernels);
    this.#limit = limit;
  }

  /** How many branches there is room for now: walked ones, and others of the same ways. */
  get size(): number {
    return this.#used;
  }

  /** The branch that a packet takes, its draw done; -1 for one that must walk, with `forced` for the draw. */
  choose(host: number, packet: Packet): number {
    const key = this.#key;
    const service = (packet.protocol << 16) | packet.destinationPort;
    key[0] = host;
    key[1] = packet.src0;
    key[2] = packet.dst0;
    key[3] = service;
    this.forced = -1;
    this.learned = -1;
    this.#learning = true;
    const at = this.#table.find(host, packet.src0, packet.dst0, service);
    const words = this.#table.words;
    const what = words[at + wayField.kind]!;
    if (what === kind.free) return -1;
    if (!this.#guards.holds(words[at + wayField.guard]!)) {
      this.forget();
      return -1;
    }
    const opener = words[at + wayField.opener]!;
    if (opener > 0 && !this.#opensAnew(opener - 1, packet)) return -1;
    let branch = words[at + wayField.base]!;
    if (what >= kind.dice) {
      const dice = this.#dice[what - kind.dice]!;
      const number = dice.chance.next();
      if (opener > 0) this.forced = number;
      branch += dice.pick(number);
      if (this.branches[branch * this.stride] === 0) {
        this.forced = number;
        return -1;
      }
    } else if (what === kind.walk) {
      this.#learning = false;
      return -1;
    }
    return branch;
  }

  /** Opens the connections of the branch that `choose` gave; false when another one is in the way of one, and the packet must walk. */
  open(branch: number, sourcePort: number): boolean {
    return !this.#keeps || this.#openings.open(this.branches, branch * this.stride + branchLength, sourcePort);
  }

  /** Counts a packet that has gone a branch. */
  pass(branch: number, bytes: number): void {
    if (!this.#owes || bytes !== this.#bytes) this.#owe(bytes);
    if (++this.branches[branch * this.stride + branchField.passes]! === mostPasses) this.settle();
  }

  /** The same packet once more: one that has been counted has walked meanwhile. */
  takeBack(branch: number): void {
    this.branches[branch * this.stride + branchField.passes]!--;
  }

  #owe(bytes: number): void {
    this.settle();
    this.#bytes = bytes;
    this.#owes = true;
    this.#counts.tell(this);
  }

  settle(): void {
    if (!this.#owes) return;
    this.#owes = false;
    this.#counts.tell(undefined);
    const { branches, stride } = this;
    for (let at = 0; at < this.#used * stride; at += stride) {
      const passes = branches[at + branchField.passes]!;
      if (passes === 0) continue;
      branches[at + branchField.passes] = 0;
      this.#counts.count(branches[at + branchField.counts]!, passes, this.#bytes);
    }
  }

  /** The entry that the last packet opened on a host, if it did so last there; -1 for none. */
  entryOn(host: number): number {
    return this.#openings.entryOn(host);
  }

  /** Of TCP only a SYN opens a connection in the same way as another one did. */
  #opensAnew(host: number, packet: Packet): boolean {
    if (packet.protocol === 6 && packet.tcpFlags !== tcpFlag.SYN) return false;
    return this.#kernels[host]!.openings!.isNew(packet);
  }

  /** Keeps how the packet fared that `choose` sent to walk, or that it must always walk. */
  remember(walked: WalkedWay): void {
    if (!this.#learning) return;
    this.#learning = false;
    const { packet } = walked.end;
    const { fate } = packet;
    if (fate.met) return;
    const isTracked = packet.ipvsConnection >= 0 || fate.opened !== fate.confirmed;
    const isDrawnLate = fate.draws > 0 && fate.openedBefore !== Math.min(fate.opened, 1);
    const isSettled = !(fate.more || fate.draws > 1 || isTracked || isDrawnLate);
    const survivals = isSettled && fate.draws === 1 ? survivalsOf(fate) : undefined;
    const outcomes = survivals?.length ?? 1;
    const room = outcomes > this.#limit ? 1 : outcomes;
    const isKnown = this.#makeRoom(walked, room);
    const old = isKnown ? this.#word(wayField.guard) : 0;
    const guard = this.#guards.extend(old, walked.trail, walked.hosts);
    const base = isKnown ? this.#word(wayField.base) : this.#used;
    const branch = base + (survivals === undefined ? 0 : fate.chosen - fate.from);
    const isWalked = !isSettled || guard < 0 || room < outcomes;
    const { trail, hosts } = walked;
    const { branches } = this;
    const at = branch * this.stride;
    if (branches[at + branchField.passes] !== 0) this.settle();
    branches.fill(0, at, at + this.stride);
    const opened = { trail, hosts, count: fate.opened, sourcePort: packet.sourcePort };
    const opener = isWalked ? -1 : this.#writeOpenings(branches, at, opened);
    if (opener < 0 || !writeBranch(branches, at, walked.end, walked.receiver, walked.disposition)) {
      // With too many kernels to ask, it walks for as long as the others' ways are remembered.
      this.#put(kind.walk, isKnown, room, guard < 0 ? old : guard, 0);
      return;
    }
    this.#put(survivals === undefined ? kind.plain : this.#diceOf(fate, survivals), isKnown, room, guard, opener);
    this.learned = branch;
    this.#numbers[branch] = survivals === undefined ? -1 : fate.value;
    branches[at + branchField.counts] = this.#counts.keep(this.journal, this.#owes ? this : undefined);
  }

  #writeOpenings(branches: Int32Array, at: number, opened: OpenedWay): number {
    return this.#keeps ? this.#openings.write(branches, at + branchLength, opened) : 0;
  }

  /** A number that leads into a branch; -1 for one without a draw. */
  numberOf(branch: number): number {
    return this.#numbers[branch]!;
  }

  forget(): void {
    this.settle();
    this.#counts.clear();
    this.generation++;
    this.branches.fill(0, 0, this.#used * this.stride);
    this.#table.clear();
    this.#guards.clear();
    this.#dice = [];
    this.#diceNumbers.clear();
    this.#used = 0;
  }

  /** Forgets what is out of date, and everything when there is no room for a new way; true if the way is still known. */
  #makeRoom(walked: WalkedWay, room: number): boolean {
    if (!this.#guards.fits(walked.trail, walked.hosts)) this.forget();
    if (this.#word(wayField.kind) !== kind.free) return true;
    if (this.#used + room > this.#limit) this.forget();
    const most = Math.min(this.#limit, this.#numbers.length * 2);
    if (this.#used + room > this.#numbers.length) this.#grow(Math.max(most, this.#used + room));
    return false;
  }

  #grow(capacity: number): void {
    const { branches } = this;
    const numbers = this.#numbers;
    this.branches = new Int32Array(capacity * this.stride);
    this.branches.set(branches);
    this.#numbers = new Float64Array(capacity);
    this.#numbers.set(numbers);
  }

  #put(what: number, isKnown: boolean, room: number, guard: number, opener: number): void {
    const at = this.#find();
    if (isKnown) {
      this.#table.words[at + wayField.kind] = what;
      this.#table.words[at + wayField.guard] = guard;
      this.#table.words[at + wayField.opener] = opener;
      return;
    }
    this.#table.put(at, this.#key, what, this.#used, guard, opener);
    this.#used += room;
  }

  /** Ways with the same stream and the same odds share their dice. */
  #diceOf(fate: Fate, survivals: Float64Array): number {
    const name = `${fate.chance!.seed}|${survivals.join()}`;
    const known = this.#diceNumbers.get(name);
    if (known !== undefined && this.#dice[known]!.chance === fate.chance) return kind.dice + known;
    const number = this.#dice.push(new Dice(fate.chance!, survivals)) - 1;
    this.#diceNumbers.set(name, number);
    return kind.dice + number;
  }

  #word(field: number): number {
    return this.#table.words[this.#find() + field]!;
  }

  #find(): number {
    const key = this.#key;
    return this.#table.find(key[0]!, key[1]!, key[2]!, key[3]!);
  }
}
