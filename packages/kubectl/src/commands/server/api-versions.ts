import { usageError } from "../../command-error.ts";
import type { Command } from "../command.ts";
import { discover } from "./discovery.ts";

/** `kubectl api-versions` (pkg/cmd/apiresources/apiversions.go). */
export const apiVersions: Command = {
  name: "api-versions",
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  flags: [],
  run: ({ args, path, session }) => {
    if (args.length > 0) throw usageError(path, `unexpected arguments: [${args.join(" ")}]`);
    const versions = discover(session).map(({ groupVersion }) => groupVersion);
    for (const version of versions.sort()) session.say(version);
  },
};
