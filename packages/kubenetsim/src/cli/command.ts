import type { ExitCode } from "./exit-code.ts";
import type { Terminal } from "./terminal.ts";

export interface Option {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly short?: string;
  /** Placeholder in the help, e.g. `FILE`. */
  readonly value?: string;
  readonly help: string;
}

/** The values of a command line. */
export interface Arguments {
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  readonly positionals: readonly string[];
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows `kubenetsim NAME` in the usage line. */
  readonly usage: string;
  readonly options: Readonly<Record<string, Option>>;
  /** How many words may stand beside the options. */
  readonly positionals: { readonly least: number; readonly most: number };
  /** Lines of example under the options in the help. */
  readonly examples: readonly string[];
  /** A Promise of a command that waits for others: threads, other machines. */
  run(args: Arguments, terminal: Terminal): ExitCode | Promise<ExitCode>;
}
