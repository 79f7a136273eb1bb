/** Tells on stderr which measure runs, of how many, and how long the others will take at this pace. */
export class TimeLeft {
  readonly #total: number;
  readonly #begun: number = performance.now();
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  begin(id: string): void {
    const seconds = (performance.now() - this.#begun) / 1000;
    const left = this.#done === 0 ? "" : `, about ${lasting((seconds / this.#done) * (this.#total - this.#done))} left`;
    this.#done++;
    const line = `[${this.#done}/${this.#total}] ${id}${left}`;
    process.stderr.write(process.stderr.isTTY ? `\r${line.padEnd(60)}` : `${line}\n`);
  }

  /** Before a row is printed, where both are on one terminal. */
  clear(): void {
    if (process.stderr.isTTY) process.stderr.write(`\r${"".padEnd(60)}\r`);
  }
}

function lasting(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
