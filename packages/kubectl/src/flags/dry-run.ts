import { failure } from "../command-error.ts";
import { type FlagValues, isBool, isTrue } from "./flag.ts";

export type DryRun = "none" | "client" | "server";

/** What kubectl warns of where a dry run is asked for in an old spelling; undefined otherwise. */
export function dryRunWarning(flags: FlagValues): KlogWarning | undefined {
  const text = flags.text("dry-run");
  if (text === "unchanged")
    return { line: 714, text: "--dry-run is deprecated and can be replaced with --dry-run=client." };
  if (!isBool(text)) return undefined;
  const [line, plain] = isTrue(text) ? [728, "client"] : [731, "none"];
  return { line, text: `--dry-run=${text} is deprecated (boolean value) and can be replaced with --dry-run=${plain}.` };
}

/** A warning of kubectl's own log, and the line of pkg/cmd/util/helpers.go that writes it. */
export interface KlogWarning {
  readonly line: number;
  readonly text: string;
}

/** @throws CommandError in the words of pkg/cmd/util/helpers.go, GetDryRunStrategy */
export function readDryRun(flags: FlagValues): DryRun {
  const text = flags.text("dry-run");
  if (text === "client" || text === "server" || text === "none") return text;
  // Old spellings, deprecated and still taken.
  if (text === "unchanged") return "client";
  if (isBool(text)) return isTrue(text) ? "client" : "none";
  throw failure(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
}

/** What the API server is asked to do with unknown fields. @throws CommandError */
export function readValidation(flags: FlagValues): "Strict" | "Warn" | "Ignore" {
  const text = flags.text("validate");
  if (isBool(text)) return isTrue(text) ? "Strict" : "Ignore";
  if (text === "strict") return "Strict";
  if (text === "warn") return "Warn";
  if (text === "ignore") return "Ignore";
  throw failure(
    `invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`,
  );
}

/** What messages say behind what was done. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === "none" ? "" : dryRun === "client" ? " (dry run)" : " (server dry run)";
}
