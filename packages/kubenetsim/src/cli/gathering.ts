import type { GatheredResults, GatherOptions } from "../experiment/gather-cells.ts";
import { resultsToJson } from "../experiment/results.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { writeTextFile } from "./output-file.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { timeLeft } from "./time-left.ts";

/** Between two times that what there is by now goes into the results file. */
const betweenFilesMs = 500;

/** Shows how a run goes, and keeps what is measured in a file. */
export class Gathering {
  readonly options: GatherOptions;
  readonly #terminal: Terminal;
  readonly #progress: Progress;
  readonly #startMs: number;
  #writtenMs = Number.NEGATIVE_INFINITY;

  /** @param out the results file, if there is to be one */
  constructor(terminal: Terminal, out: string | undefined) {
    this.#terminal = terminal;
    this.#progress = new Progress(terminal);
    this.#startMs = terminal.elapsedMs();
    this.options = {
      interruption: terminal.interruption(),
      onCell: ({ parameters: { services, mode } }, { ended, all, share }) =>
        this.#step(`cell ${ended + 1} of ${all}${this.#timeLeft(share)}: ${services} Services in ${mode} mode`),
      onResults: (results, { ended, all, share }) => {
        this.#step(`${ended} of ${all} cells${this.#timeLeft(share)}`);
        if (out !== undefined) this.#keep(out, () => resultsToJson({ ...results, partial: true }));
      },
      onNote: (text) => {
        this.#progress.end();
        terminal.err(`${text}\n`);
      },
    };
  }

  end(): void {
    this.#progress.end();
  }

  #step(text: string): void {
    this.#progress.step(text);
  }

  #timeLeft(share: number): string {
    return timeLeft(this.#terminal.elapsedMs() - this.#startMs, share, 1);
  }

  #keep(out: string, text: () => string): void {
    const nowMs = this.#terminal.elapsedMs();
    if (nowMs - this.#writtenMs < betweenFilesMs) return;
    this.#writtenMs = nowMs;
    writeTextFile(out, text(), this.#terminal);
  }
}

/** Says what is missing, and why. */
export function reportMissing({ results, failed, stopped }: GatheredResults, terminal: Terminal): ExitCode {
  for (const { name, reason } of failed) terminal.err(`error: ${name} cannot be measured: ${reason}\n`);
  if (stopped !== undefined) {
    const count = `${results.results.length} of ${results.cells} cells are measured`;
    terminal.err(`error: ${stopped.reason}: ${count}\n       ${stopped.hint}\n`);
  }
  return stopped === undefined && failed.length === 0 ? exitCode.ok : exitCode.notDelivered;
}
