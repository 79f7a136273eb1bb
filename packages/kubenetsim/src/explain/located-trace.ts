import type { Origin } from "@kubenetsim/core/trace/origin";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { Step } from "@kubenetsim/core/trace/step";
import type { Hop, Path, Trace } from "@kubenetsim/core/trace/trace";
import type { PositionOf } from "./source-positions.ts";

/** The trace whose origins say where in the user's text they stand; steps are made when they are read. */
export function locatedTrace(
  trace: Trace,
  positionOf: PositionOf,
  warningsOf: (trace: Trace) => readonly string[] = () => [],
): Trace {
  const request = locatedPath(trace.request, positionOf);
  const reply = trace.reply === undefined ? undefined : locatedPath(trace.reply, positionOf);
  return {
    seed: trace.seed,
    mode: trace.mode,
    disposition: trace.disposition,
    get reason() {
      return trace.reason;
    },
    get sent() {
      return trace.sent;
    },
    get received() {
      return trace.received;
    },
    get receiver() {
      return trace.receiver;
    },
    request,
    reply,
    get cost() {
      return trace.cost;
    },
    get warnings() {
      return warningsOf(trace);
    },
  };
}

function locatedPath(path: Path, positionOf: PositionOf): Path {
  return { hops: path.hops.map((hop) => new LocatedHop(hop, positionOf)), cost: path.cost };
}

class LocatedHop implements Hop {
  readonly #hop: Hop;
  readonly #positionOf: PositionOf;

  constructor(hop: Hop, positionOf: PositionOf) {
    this.#hop = hop;
    this.#positionOf = positionOf;
  }

  get host(): string {
    return this.#hop.host;
  }

  get hostKind(): Hop["hostKind"] {
    return this.#hop.hostKind;
  }

  get inDevice(): string | undefined {
    return this.#hop.inDevice;
  }

  get outDevice(): string | undefined {
    return this.#hop.outDevice;
  }

  get before(): PacketHeader {
    return this.#hop.before;
  }

  get after(): PacketHeader {
    return this.#hop.after;
  }

  get steps(): readonly Step[] {
    return this.#hop.steps.map((step) => this.#located(step));
  }

  #located(step: Step): Step {
    if (step.kind === "ipvs" || step.kind === "balance") return { ...step, origin: this.#withPosition(step.origin) };
    if (step.kind === "set-lookup" && step.origin !== undefined) {
      return { ...step, origin: this.#withPosition(step.origin) ?? step.origin };
    }
    if (step.kind !== "rule") return step;
    const { kind, hook, table, chain, ruleNumber, chainLength, text, target } = step;
    const origin = this.#withPosition(step.origin);
    return { kind, hook, table, chain, ruleNumber, chainLength, text, target, origin };
  }

  #withPosition(origin: Origin | undefined): Origin | undefined {
    const position = origin === undefined ? undefined : this.#positionOf(origin);
    return origin === undefined || position === undefined ? origin : { ...origin, position };
  }
}
