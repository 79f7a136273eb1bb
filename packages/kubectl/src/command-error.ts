import { ServerError } from "./client/server-error.ts";

/** Ends a command with a message on stderr; the message is whole, with `error: ` before it where kubectl prints that. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A plain error, as `cmdutil.CheckErr` prints it. */
export function failure(message: string): CommandError {
  return new CommandError(message.startsWith("error: ") ? message : `error: ${message}`);
}

/**
 * Several things went wrong (cmdutil.MultipleErrors): one is told as it is, several line by line and without kubectl's own
 * `error: `.
 */
export function together(errors: readonly Error[]): Error {
  if (errors.length === 1) return errors[0]!;
  const lines = errors.map((error) =>
    error instanceof ServerError ? error.plainText : error.message.replace(/^error: /, ""),
  );
  return new CommandError(lines.join("\n"));
}

/** Wrong words for a command: `cmdutil.UsageErrorf`. */
export function usageError(commandPath: string, message: string): CommandError {
  return new CommandError(`${failure(message).message}\nSee '${commandPath} -h' for help and examples`);
}
