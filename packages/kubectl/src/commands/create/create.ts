import type { Command } from "../command.ts";
import { createService } from "./create-service.ts";

/** `kubectl create`. */
export const create: Command = {
  name: "create",
  short: "Create a resource from a file or from stdin",
  subcommands: [createService],
};
