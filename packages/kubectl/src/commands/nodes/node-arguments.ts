import { failure, usageError } from "../../command-error.ts";
import { findResources } from "../../resources/find-resources.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { CommandRun } from "../command.ts";

/** @throws CommandError when no nodes are named nor selected, or both */
export function checkNodes({ args, flags, path }: CommandRun, usage: string): void {
  if (args.length === 0 && !flags.has("selector")) throw usageError(path, `USAGE: ${usage} [flags]`);
  if (args.length > 0 && flags.text("selector") !== "") {
    throw usageError(path, "error: cannot specify both a node name and a --selector option");
  }
}

/** The nodes that a command names or selects (pkg/cmd/drain/drain.go, Complete). @throws CommandError at the first missing one */
export function readNodes({ args, flags, session }: CommandRun): ResourceInfo[] {
  const words = args.length === 0 ? ["nodes"] : args.map((name) => (name.includes("/") ? name : `nodes/${name}`));
  const infos: ResourceInfo[] = [];
  const search = { session, flags, args: words, objects: "lazy", stops: true, singleType: true } as const;
  findResources(search).visit((info) => {
    if (info.type.kind !== "Node") {
      throw failure(`error: expected resource of type node, got ${JSON.stringify(info.type.info.resource)}`);
    }
    infos.push(info);
  });
  return infos;
}
