import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../../client/server-error.ts";
import { CommandError } from "../../command-error.ts";
import { type FetchOptions, fetchTarget, readTargets, type Target } from "../../resources/targets.ts";
import type { CommandRun } from "../command.ts";

/** What the server answered for a target. */
export interface Answer {
  readonly target: Target;
  readonly body: PlainObject;
}

export interface Answers {
  readonly answers: readonly Answer[];
  readonly errors: readonly Error[];
  readonly isOne: boolean;
}

/** Asks for everything that is named, and goes on where something is refused. */
export function askForAll(call: CommandRun, options: FetchOptions): Answers {
  const { targets, isOne, errors: before } = readTargets(call);
  const limit = call.flags.text("sort-by") === "" ? call.flags.number("chunk-size") : 0;
  const answers: Answer[] = [];
  const errors = [...before];
  for (const target of targets) {
    try {
      for (const body of fetchTarget(target, call, { limit, ...options })) answers.push({ target, body });
    } catch (reason) {
      if (!(reason instanceof ServerError) && !(reason instanceof CommandError)) throw reason;
      const isIgnored = reason instanceof ServerError && reason.reason === "NotFound";
      if (!isIgnored || !call.flags.flag("ignore-not-found")) errors.push(reason);
    }
  }
  return { answers, errors, isOne };
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

/** The objects of a list, each with its type. */
export function itemsOf(list: PlainObject): PlainObject[] {
  const { kind, apiVersion, items } = list as { kind: string; apiVersion: string; items: readonly PlainObject[] };
  return items.map((item) => ({ apiVersion, kind: kind.replace(/List$/, ""), ...item }));
}
