import type { Command } from "../command.ts";
import { rolloutHistory } from "./rollout-history.ts";
import { rolloutPause, rolloutRestart, rolloutResume } from "./rollout-patches.ts";
import { rolloutStatus } from "./rollout-status.ts";
import { rolloutUndo } from "./rollout-undo.ts";

/** `kubectl rollout`. */
export const rollout: Command = {
  name: "rollout",
  short: "Manage the rollout of a resource",
  usage: "SUBCOMMAND",
  usageGoesTo: "stdout",
  subcommands: [rolloutHistory, rolloutPause, rolloutRestart, rolloutResume, rolloutStatus, rolloutUndo],
};
