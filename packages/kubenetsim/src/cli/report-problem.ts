import {
  formatPosition,
  InvariantError,
  ParseError,
  type SourcePosition,
  StatusError,
  UnsupportedError,
} from "@kubenetsim/core/runtime/errors";
import { type ExitCode, exitCode } from "./exit-code.ts";

export interface Report {
  readonly text: string;
  readonly code: ExitCode;
}

/** One message for the user, never a stack trace: where, what, and what to do about it. */
export function reportProblem(problem: unknown): Report {
  if (problem instanceof StatusError || problem instanceof ParseError) {
    return { text: message(problem.position, problem.message, problem.hint), code: exitCode.badInput };
  }
  if (problem instanceof UnsupportedError) {
    return { text: message(problem.position, problem.message, undefined), code: exitCode.badInput };
  }
  return { text: bugReport(problem), code: exitCode.bug };
}

function message(position: SourcePosition | undefined, text: string, hint: string | undefined): string {
  const where = position === undefined ? "" : `${formatPosition(position)}: `;
  return `error: ${where}${text}\n${hint === undefined ? "" : `       ${hint}\n`}`;
}

function bugReport(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  const kind = problem instanceof InvariantError ? "" : problem instanceof Error ? `${problem.name}: ` : "";
  return [
    `error: this is a bug of kubenetsim: ${kind}${text}`,
    "       please report it with the command, the input and the seed",
    "",
  ].join("\n");
}
