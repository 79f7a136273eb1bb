import { isNotFound } from "../../client/server-error.ts";
import { findResources } from "../../resources/find-resources.ts";
import type { Findings } from "../../resources/found-resources.ts";
import type { Asking } from "../../resources/resource-requests.ts";
import type { CommandRun } from "../command.ts";

/** What is there of what is named: one object was named, or the answers of collections. */
export interface Answers extends Findings {
  readonly isOne: boolean;
}

/** Asks for everything that is named, and goes on where something is refused. */
export function askForAll({ args, flags, session }: CommandRun, asking: Asking = {}): Answers {
  const limit = flags.text("sort-by") === "" ? flags.number("chunk-size") : 0;
  const found = findResources({
    ...{ args, flags, session },
    all: "typeAlone",
    objects: "latest",
    asking: { ...asking, limit },
  });
  const ignoresMissing = flags.flag("ignore-not-found");
  return { isOne: found.isOne, ...found.infos((reason) => ignoresMissing && isNotFound(reason)) };
}

export const acceptTable: string = ["v1", "v1beta1"]
  .map((version) => `application/json;as=Table;v=${version};g=meta.k8s.io`)
  .concat("application/json")
  .join(",");

/** Tables, and not the objects, are asked for. */
export function isHumanReadable({ flags: given }: CommandRun): boolean {
  const format = given.text("output");
  return format === "wide" || (format === "" && given.text("template") === "");
}
