import { failure } from "../command-error.ts";
import type { DryRun } from "../flags/dry-run.ts";
import { isBool, isTrue } from "../flags/flag.ts";
import type { CommandRun } from "./command.ts";

/** How the objects are deleted. */
export interface Deletion {
  /** Seconds; negative for what the kind has by default. */
  readonly gracePeriod: number;
  readonly propagation: string;
  readonly dryRun: DryRun;
}

/** The `DeleteOptions` of a request, as JSON. */
export function deletionBody({ gracePeriod, propagation, dryRun }: Deletion): string {
  return JSON.stringify({
    kind: "DeleteOptions",
    apiVersion: "v1",
    ...(gracePeriod < 0 ? {} : { gracePeriodSeconds: gracePeriod }),
    propagationPolicy: propagation,
    ...(dryRun === "server" ? { dryRun: ["All"] } : {}),
  });
}

/** What `--cascade` asks for (pkg/cmd/util, GetCascadingStrategy). @throws CommandError */
export function readPropagation({ session }: CommandRun, cascade: string): string {
  if (isBool(cascade)) {
    const word = isTrue(cascade) ? "background" : "orphan";
    session.complain(
      `warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=${word}.`,
    );
    return isTrue(cascade) ? "Background" : "Orphan";
  }
  if (cascade === "background") return "Background";
  if (cascade === "foreground") return "Foreground";
  if (cascade === "orphan") return "Orphan";
  throw failure(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
}
