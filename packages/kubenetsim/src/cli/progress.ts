import type { Terminal } from "./terminal.ts";

const firstShownMs = 1000;
const betweenMs = 100;

/** One line on stderr that is rewritten while something takes longer than a second, and gone afterwards. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #startMs: number;
  #lastMs = 0;
  #shown = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#startMs = terminal.elapsedMs();
  }

  /** Says what is being done; cheap to call often. */
  step(text: string): void {
    if (!this.#terminal.showsProgress) return;
    const nowMs = this.#terminal.elapsedMs();
    if (nowMs - this.#startMs < firstShownMs || nowMs - this.#lastMs < betweenMs) return;
    this.#lastMs = nowMs;
    this.#shown = true;
    this.#terminal.err(`\r\u001b[2K${text}`);
  }

  end(): void {
    if (this.#shown) this.#terminal.err("\r\u001b[2K");
    this.#shown = false;
  }
}
