import type { CommandResult, FileTree } from "@kubenetsim/kubectl";

/** What a program of the shell finds. */
export interface ProgramInput {
  /** Undefined where nothing was given. */
  readonly stdin: string | undefined;
  readonly files: FileTree;
  /** What was set for this command alone. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * A program: the words behind its name in, what it prints and its exit code out.
 *
 * @throws UnsupportedError for an option that it does not know
 */
export type Program = (args: readonly string[], input: ProgramInput) => CommandResult;

/** By the name that is typed. */
export type Programs = ReadonlyMap<string, Program>;

/** What a program prints that succeeds. */
export function printed(stdout: string): CommandResult {
  return { stdout, stderr: "", exitCode: 0 };
}

export function failed(stderr: string, exitCode = 1): CommandResult {
  return { stdout: "", stderr: stderr === "" || stderr.endsWith("\n") ? stderr : `${stderr}\n`, exitCode };
}
