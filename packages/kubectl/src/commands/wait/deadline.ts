import { failure } from "../../command-error.ts";
import { durationMs } from "../../flags/duration.ts";
import type { Session } from "../../session.ts";

/** Until when something is waited for, in virtual time. */
export class Deadline {
  readonly #session: Session;
  readonly #endMs: number;

  /** @param timeout a Go duration; a negative one is a week */
  constructor(session: Session, timeout: string) {
    const given = durationMs(timeout);
    this.#session = session;
    this.#endMs = session.host.nowMs + (given < 0 ? weekMs : given);
  }

  /**
   * Lets time pass until it is so. Nothing comes any more when the cluster has nothing left to do: then waiting ends as it
   * would at the deadline.
   *
   * @param late what is told then
   *
   * @throws CommandError when it does not become so in time
   */
  until(isSo: () => boolean, late: string): void {
    while (!isSo()) {
      if (this.#session.host.nowMs >= this.#endMs || !this.#session.host.wait()) {
        throw failure(late);
      }
    }
  }
}

const weekMs = 7 * 24 * 3600 * 1000;
