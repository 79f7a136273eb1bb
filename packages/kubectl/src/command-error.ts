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
 * What went wrong one after another: told line by line and without kubectl's own `error: ` (cmdutil.MultipleErrors). Around
 * one alone it is taken off once, at the end of a command (checkErr).
 */
export class SeveralErrors extends CommandError {
  readonly errors: readonly Error[];
  /** On one line, where it is itself one of several (apimachinery, errors.Aggregate). */
  readonly asOne: string;

  constructor(errors: readonly Error[]) {
    super(errors.map(lineOf).join("\n"));
    this.errors = errors;
    const messages = [...new Set(errors.map(plainMessage))];
    this.asOne = messages.length === 1 ? messages[0]! : `[${messages.join(", ")}]`;
  }
}

function lineOf(error: Error): string {
  return error instanceof ServerError ? error.plainText : plainMessage(error);
}

function plainMessage(error: Error): string {
  return error instanceof SeveralErrors ? error.asOne : error.message.replace(/^error: /, "");
}

/** One error is told as it is. */
export function together(errors: readonly Error[]): Error {
  return errors.length === 1 ? errors[0]! : new SeveralErrors(errors);
}

/** Wrong words for a command: `cmdutil.UsageErrorf`. */
export function usageError(commandPath: string, message: string): CommandError {
  return new CommandError(`${failure(message).message}\nSee '${commandPath} -h' for help and examples`);
}
