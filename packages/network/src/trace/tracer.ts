import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { invariant } from "@kubenetsim/core/runtime/invariant";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Meter } from "@kubenetsim/netfilter/engine/meter";
import { recordLength, Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { Host } from "../topology/host.ts";
import { type DispositionCode, dispositionCode, dispositions } from "../walk/disposition-code.ts";
import { type Request, writeRequest } from "../walk/request.ts";
import type { Walker } from "../walk/walker.ts";
import { HopView } from "./hop-view.ts";
import type { KernelNames } from "./kernel-names.ts";
import { RecordStore } from "./record-store.ts";
import { type PathView, TraceView } from "./trace-view.ts";

/** Far more than a packet of 64 hops and its answer have needed. */
const tapeRecords = 8192;

/**
 * Sends packets and keeps what became of them: a trace's records are copied off the tape and never written over.
 *
 * @example
 * const tracer = new Tracer(walker, names, { seed: "lesson-1", mode: "iptables" });
 * const trace = tracer.trace({ from, protocol: "TCP", destination: "10.96.0.80", destinationPort: 80 });
 */
export class Tracer {
  readonly walker: Walker;
  readonly #namesOf: (host: Host) => KernelNames | undefined;
  readonly #seed: string;
  readonly #mode: string;
  readonly #tape: Tape = new Tape(tapeRecords);
  readonly #records: RecordStore = new RecordStore();

  /** `namesOf` gives the names as they stand now: a trace keeps them. */
  constructor(
    walker: Walker,
    namesOf: (host: Host) => KernelNames | undefined,
    labels: { readonly seed: string; readonly mode: string },
  ) {
    this.walker = walker;
    this.#namesOf = namesOf;
    this.#seed = labels.seed;
    this.#mode = labels.mode;
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
    this.#tape.rewind();
    return this.#view(this.walker.request(from, this.#tape));
  }

  #view(disposition: DispositionCode): TraceView {
    const { walker } = this;
    const { receiver, process, replyStart } = walker;
    const end = this.#tape.length;
    invariant(end <= this.#tape.capacity, "a packet wrote more than a tape holds");
    this.#records.reserve(this.#tape);
    const request = this.#path(0, replyStart < 0 ? end : replyStart, walker.requestMeter);
    return new TraceView({
      seed: this.#seed,
      mode: this.#mode,
      disposition: dispositions[disposition]!,
      request,
      reply: replyStart < 0 ? undefined : this.#path(replyStart, end, walker.replyMeter),
      arrived: walker.arrived,
      process: process >= 0 ? receiver.sockets.processes[process]!.name : this.#echo(disposition),
      code: walker.reason,
      answerCode: walker.answerReason,
    });
  }

  /** ICMP echo is answered by the host itself. */
  #echo(disposition: DispositionCode): string | undefined {
    const { protocol } = this.walker.packet;
    const isEcho = protocol === protocolNumbers.ICMP || protocol === protocolNumbers.ICMPv6;
    return isEcho && disposition === dispositionCode.delivered ? this.walker.receiver.name : undefined;
  }

  /** Copies the tape's records from `start` to `end` into the store, and makes a hop of each host's. */
  #path(start: number, end: number, meter: Meter): PathView {
    const hops: HopView[] = [];
    const { hosts } = this.walker.topology;
    const records = this.#records;
    const tape = this.#tape;
    let hopStart = records.length;
    for (let record = start; record < end; record++) {
      records.append(tape, record);
      const next = record + 1;
      if (next < end && tape.words[next * recordLength] !== tapeKind.hopIn) continue;
      const host = hosts[records.words[hopStart + 1]!]!;
      hops.push(new HopView(records.words, hopStart, records.length, host, this.#namesOf(host)));
      hopStart = records.length;
    }
    return { hops, cost: meter.cost() };
  }
}
