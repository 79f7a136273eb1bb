import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Meter } from "@kubenetsim/netfilter/engine/meter";
import { recordLength, Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { Host } from "../topology/host.ts";
import { type DispositionCode, dispositions } from "../walk/disposition-code.ts";
import { RememberingWalker } from "../walk/remembering-walker.ts";
import { type Request, writeRequest } from "../walk/request.ts";
import { Tuple } from "../walk/tuple.ts";
import type { Walker } from "../walk/walker.ts";
import { recordedPort } from "./header.ts";
import { HopView } from "./hop-view.ts";
import type { KernelNames } from "./kernel-names.ts";
import { type KnownBranch, KnownPath } from "./known-path.ts";
import type { HopRecords } from "./record-range.ts";
import { RecordStore } from "./record-store.ts";
import { processOf } from "./taker.ts";
import { type PathView, type TraceFacts, type TraceLabels, TraceView } from "./trace-view.ts";

/** Far more than a packet of 64 hops and its answer have needed. */
const tapeRecords = 8192;

/**
 * Sends packets and keeps what became of them: a trace's records are copied off the tape and never written over.
 *
 * @example
 * const tracer = new Tracer(walker, names, { seed: "lesson-1", mode: "iptables" });
 * const trace = tracer.trace({ from, protocol: "TCP", destination: "10.96.0.80", destinationPort: 80 });
 */
export class Tracer<W extends Walker = Walker> {
  readonly walker: W;
  readonly #namesOf: (host: Host) => KernelNames | undefined;
  readonly #labels: TraceLabels;
  readonly #tape: Tape = new Tape(tapeRecords);
  readonly #records: RecordStore = new RecordStore();
  readonly #sent: Tuple = new Tuple();
  /** By the walker's numbers of branches, of one of its generations. */
  readonly #branches: (KnownBranch | undefined)[] = [];
  #generation = -1;
  /** The branch of a known way that the last request has gone; -1 for none. */
  branch = -1;

  /** `namesOf` gives the names as they stand now: a trace keeps them. */
  constructor(walker: W, namesOf: (host: Host) => KernelNames | undefined, labels: TraceLabels) {
    this.walker = walker;
    this.#namesOf = namesOf;
    this.#labels = labels;
  }

  trace(request: Request): Trace {
    writeRequest(this.walker.packet, request);
    return this.traceFrom(request.from);
  }

  /** Sends what stands in the walker's packet. */
  traceFrom(from: Host): TraceView {
    this.#tape.rewind();
    return this.#view(this.walker.simulate(from, this.#tape));
  }

  /** The same for the way there alone: nobody's answer is walked. */
  requestFrom(from: Host): TraceView {
    const walker: Walker = this.walker;
    const { packet } = walker;
    const tape = this.#tape;
    tape.rewind();
    this.branch = -1;
    const remembers = walker instanceof RememberingWalker && packet.stateless && !packet.v6;
    return remembers ? this.#viewKnown(walker, from) : this.#view(walker.walkRequest(from, tape));
  }

  #viewKnown(walker: RememberingWalker, from: Host): TraceView {
    const { packet, known } = walker;
    const tape = this.#tape;
    const { sourcePort } = packet;
    this.#sent.keep(packet);
    const disposition = walker.request(from, tape);
    const number = tape.words[0] === tapeKind.knownWay ? tape.words[1]! : known.learned;
    if (number < 0) return this.#view(disposition);
    this.branch = number;
    if (this.#generation !== known.generation) this.#branches.length = 0;
    this.#generation = known.generation;
    const branch = this.#branches[number] ?? this.#keepBranch(walker, from, number, disposition);
    const path = new KnownPath(branch, sourcePort);
    return new TraceView(this.#labels, dispositions[disposition]!, branch.facts, path, undefined);
  }

  /** Keeps a branch's records: what its first packet wrote, or one that is sent that way once more for them. */
  #keepBranch(walker: RememberingWalker, from: Host, number: number, disposition: DispositionCode): KnownBranch {
    const tape = this.#tape;
    if (tape.words[0] === tapeKind.knownWay) {
      this.#sent.restore(walker.packet);
      tape.rewind();
      walker.replay(from, number, tape);
    }
    this.#records.reserve(tape);
    const hops = this.#hops(0, tape.length);
    const branch = { facts: this.#facts(disposition), hops, count: hops.length, cost: this.walker.requestMeter.cost() };
    while (this.#branches.length <= number) this.#branches.push(undefined);
    this.#branches[number] = branch;
    return branch;
  }

  #view(disposition: DispositionCode): TraceView {
    const { replyStart, requestMeter, replyMeter } = this.walker;
    const end = this.#tape.length;
    invariant(end <= this.#tape.capacity, "a packet wrote more than a tape holds");
    this.#records.reserve(this.#tape);
    const request = this.#path(0, replyStart < 0 ? end : replyStart, requestMeter);
    const reply = replyStart < 0 ? undefined : this.#path(replyStart, end, replyMeter);
    return new TraceView(this.#labels, dispositions[disposition]!, this.#facts(disposition), request, reply);
  }

  #facts(disposition: DispositionCode): TraceFacts {
    const { arrived, reason, answerReason } = this.walker;
    return { arrived, process: processOf(this.walker, disposition), code: reason, answerCode: answerReason };
  }

  #path(start: number, end: number, meter: Meter): PathView {
    const records = { hops: this.#hops(start, end) };
    const hops = records.hops.map((_, index) => new HopView(records, index, recordedPort));
    return { hops, cost: meter.cost() };
  }

  /** Copies the tape's records from `start` to `end` into the store, and parts them by host. */
  #hops(start: number, end: number): HopRecords[] {
    const hops: HopRecords[] = [];
    const { hosts } = this.walker.topology;
    const records = this.#records;
    const tape = this.#tape;
    let hopStart = records.length;
    for (let record = start; record < end; record++) {
      records.append(tape, record);
      const next = record + 1;
      if (next < end && tape.words[next * recordLength] !== tapeKind.hopIn) continue;
      const host = hosts[records.words[hopStart + 1]!]!;
      const names = this.#namesOf(host);
      hops.push({ words: records.words, start: hopStart, end: records.length, host, names });
      hopStart = records.length;
    }
    return hops;
  }
}
