import { addCosts, type Cost } from "@kubenetsim/core/trace/cost";
import type { Disposition } from "@kubenetsim/core/trace/disposition";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { Path, Trace } from "@kubenetsim/core/trace/trace";
import { type Displayed, displayBase } from "@kubenetsim/display/display";
import { traceViews } from "../drawing/trace-views.ts";
import type { ReasonCode } from "../walk/reason-code.ts";
import type { HopView } from "./hop-view.ts";
import { reasonSentence } from "./reason.ts";
import { takerOf } from "./taker.ts";

export interface PathView extends Path {
  readonly hops: readonly HopView[];
}

export interface TraceLabels {
  readonly seed: string;
  readonly mode: string;
}

export interface TraceFacts {
  /** It reached the host that owns its destination, whether or not a socket took it. */
  readonly arrived: boolean;
  /** The process that took it. */
  readonly process: string | undefined;
  readonly code: ReasonCode;
  readonly answerCode: ReasonCode;
}

const ShownTrace: new () => Displayed = displayBase(traceViews);

/** A `Trace` over a stretch of tape: hops are there, everything in them and all texts are made when they are read. */
export class TraceView extends ShownTrace implements Trace {
  readonly seed: string;
  readonly mode: string;
  readonly disposition: Disposition;
  readonly request: PathView;
  readonly reply: PathView | undefined;
  readonly #facts: TraceFacts;

  constructor(
    labels: TraceLabels,
    disposition: Disposition,
    facts: TraceFacts,
    request: PathView,
    reply: PathView | undefined,
  ) {
    super();
    this.seed = labels.seed;
    this.mode = labels.mode;
    this.disposition = disposition;
    this.request = request;
    this.reply = reply;
    this.#facts = facts;
  }

  get reason(): string {
    const { code, answerCode, process } = this.#facts;
    const last = this.#last;
    return reasonSentence({ code, answerCode, process, sent: this.sent, last, lastOfReply: this.reply?.hops.at(-1) });
  }

  get sent(): PacketHeader {
    return this.request.hops[0]!.before;
  }

  get received(): PacketHeader | undefined {
    return this.#facts.arrived ? this.#last.after : undefined;
  }

  get receiver(): string | undefined {
    const { process } = this.#facts;
    return process === undefined ? undefined : takerOf(process);
  }

  get cost(): Cost {
    return this.reply === undefined ? this.request.cost : addCosts(this.request.cost, this.reply.cost);
  }

  get #last(): HopView {
    return this.request.hops.at(-1)!;
  }
}
