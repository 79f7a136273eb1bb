/** What a command sees of the world around it; tests bring their own. */
export interface Terminal {
  readonly workingDirectory: string;
  /** Colours on stdout. */
  readonly colour: boolean;
  /** Lines on stderr may be rewritten. */
  readonly showsProgress: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Everything on standard input. */
  readInput(): string;
  /** Milliseconds from any fixed point, for progress only. */
  elapsedMs(): number;
  /** Aborts at the first Ctrl-C, which then does not end the process; the second one does. */
  interruption(): AbortSignal;
}
