import type { Flag, FlagValues } from "../flags/flag.ts";
import type { Session } from "../session.ts";

/** A command, or a group of commands. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Other words for it that people try. */
  readonly suggestFor?: readonly string[];
  /** What `kubectl --help` says of it in one line. */
  readonly short: string;
  /** Of a group: what stands behind its name in the usage line. */
  readonly usage?: string;
  /** Of a group: where its usage goes when it is called without a command; stderr unless told otherwise. */
  readonly usageGoesTo?: "stdout";
  readonly flags?: readonly Flag[];
  /** Any words are its arguments: a command that is known by name alone. */
  readonly takesAnything?: boolean;
  /** The exit code of what goes wrong; 1 unless told otherwise. */
  readonly failsWith?: number;
  /** What stands below a complaint about its flags. */
  readonly flagHint?: string;
  readonly subcommands?: readonly Command[];
  /** Undefined for a mere group. */
  readonly run?: (run: CommandRun) => void;
}

/** One call of a command. */
export interface CommandRun {
  /** `kubectl create service clusterip`. */
  readonly path: string;
  readonly args: readonly string[];
  readonly flags: FlagValues;
  readonly session: Session;
}
