import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { fileFlags, namesFiles } from "../../resources/file-flags.ts";
import { findResources } from "../../resources/find-resources.ts";
import type { FoundResources } from "../../resources/found-resources.ts";
import type { CommandRun } from "../command.ts";

export const rolloutFlags: readonly Flag[] = [...fileFlags, { name: "selector", short: "l", kind: "string" }];

/** What a command of `rollout` is about: a type without names means all of its objects. @throws CommandError */
export function rolloutResources({ args, flags, session }: CommandRun): FoundResources {
  if (args.length === 0 && !namesFiles(flags)) throw failure("required resource not specified");
  return findResources({ session, flags, args, all: "typeAlone", objects: "latest" });
}
