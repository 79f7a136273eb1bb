import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { Random } from "@kubenetsim/core/runtime/random";
import { type Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { Host } from "../topology/host.ts";
import type { Topology } from "../topology/topology.ts";
import { branchField, readBranch } from "./branch-record.ts";
import type { DispositionCode } from "./disposition-code.ts";
import type { HostKernel } from "./host-kernel.ts";
import { KnownWays } from "./known-ways.ts";
import { Walker, type WalkerOptions } from "./walker.ts";

export interface RememberingOptions extends WalkerOptions {
  /** How many branches of ways may be remembered, some 200 bytes each; 131,072 unless said. When they are full, all are forgotten. */
  readonly mostBranches?: number;
}

/**
 * A walker whose `request` keeps the ways of IPv4 packets that hang on nothing but the header without its source port, the rules and
 * at most one draw, and gives the next such packet its end without asking the rules: the same fields, meters, random numbers, new
 * connections and counters of rules, and a `knownWay` record on the tape in place of all others. Packets of connections that are there
 * walk. The topology must stay as it is.
 */
export class RememberingWalker extends Walker {
  readonly #mostBranches: number | undefined;
  #known: KnownWays | undefined;

  constructor(
    topology: Topology,
    kernels: ReadonlyMap<string, HostKernel>,
    random: Random,
    options: RememberingOptions = {},
  ) {
    super(topology, kernels, random, options);
    this.#mostBranches = options.mostBranches;
  }

  /** What is remembered. */
  get known(): KnownWays {
    this.#known ??= new KnownWays(this.kernels, !this.packet.stateless, this.#mostBranches);
    return this.#known;
  }

  /** Sends `packet` on its way there only. */
  request(from: Host, tape: Tape | null): DispositionCode {
    const branch = this.follow(from);
    return branch < 0 ? this.learn(from, tape) : this.endOf(branch, tape);
  }

  /**
   * Sends `packet` on a way that is known, without a look at how it ends: the number of the branch. -1 when it has to walk: then
   * nothing but its draw is done, and `learn` sends it.
   */
  follow(from: Host): number {
    const known = this.#known ?? this.known;
    const { packet } = this;
    if (packet.v6) return -1;
    const branch = known.choose(from.id, packet);
    if (branch < 0 || !known.open(branch, packet.sourcePort)) return -1;
    known.pass(branch, packet.bytes);
    return branch;
  }

  /** Walks the packet that `follow` has just refused, and remembers its way. */
  learn(from: Host, tape: Tape | null): DispositionCode {
    const { known } = this;
    if (this.packet.v6) return this.walkRequest(from, tape);
    known.journal.clear();
    const disposition = this.walkRequest(from, tape, known.forced, known.journal);
    const { trail, hosts } = this.lastWay;
    known.remember({ end: this, receiver: this.receiverId, disposition, trail, hosts });
    return disposition;
  }

  /** Walks the branch that the last packet has gone, with all its records on the tape, in that one's place: `packet` is as it was sent. */
  replay(from: Host, branch: number, tape: Tape): DispositionCode {
    invariant(this.packet.stateless, "only what opens no connections is replayed");
    this.known.takeBack(branch);
    return this.walkRequest(from, tape, this.known.numberOf(branch));
  }

  /** Sets the fields as the walk did to which `follow` gave this branch. */
  endOf(branch: number, tape: Tape | null): DispositionCode {
    const { known } = this;
    const { branches } = known;
    const at = branch * known.stride;
    if (tape !== null) tape.write(tapeKind.knownWay, branch, this.packet.sourcePort);
    this.replyMeter.reset();
    this.replyStart = -1;
    this.receiverId = branches[at + branchField.receiver]!;
    const disposition = readBranch(branches, at, this);
    if (!this.packet.stateless) this.packet.ctEntry = known.entryOn(this.receiverId);
    return disposition;
  }
}
