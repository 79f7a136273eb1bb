import type { Origin } from "@kubenetsim/core/trace/origin";
import type { HttpStep } from "../../../http/http-step.ts";

/** What a step says, and who asked for it. */
export interface Telling {
  readonly text: string;
  readonly origin?: Origin | undefined;
}

/** A step whose text and origin are made when they are read: a request is answered many times without anybody reading why. */
export class ToldStep implements HttpStep {
  readonly phase: string;
  readonly #tell: () => Telling;

  constructor(phase: string, tell: () => Telling) {
    this.phase = phase;
    this.#tell = tell;
  }

  get text(): string {
    return this.#tell().text;
  }

  get origin(): Origin | undefined {
    return this.#tell().origin;
  }
}
