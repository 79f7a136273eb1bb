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

/** Wrong words for a command: `cmdutil.UsageErrorf`. */
export function usageError(commandPath: string, message: string): CommandError {
  return new CommandError(`error: ${message}\nSee '${commandPath} -h' for help and examples`);
}
