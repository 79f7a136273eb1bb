import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { Deployment, ReplicaSet } from "@kubenetsim/core/model/pod";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags } from "../../flags/global-flags.ts";
import { nameOf, objectPrinter } from "../../output/object-printer.ts";
import { alignTabs } from "../../output/tab-writer.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { Command, CommandRun } from "../command.ts";
import { changeCause, revisionOf, revisionsOf, templateText } from "./deployment-revisions.ts";
import { rolloutFlags, rolloutResources } from "./rollout-resources.ts";

const flags: readonly Flag[] = [...rolloutFlags, ...printFlags, { name: "revision", kind: "int" }];

/** `kubectl rollout history` (pkg/cmd/rollout/rollout_history.go). */
export const rolloutHistory: Command = { name: "history", short: "View rollout history", flags, run };

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  const found = rolloutResources(call);
  const revision = given.number("revision");
  if (revision < 0) throw failure(`revision must be a positive integer: ${revision}`);
  const print = given.text("output") === "" ? undefined : objectPrinter(session, given, "", "none");
  found.visit((info) => {
    const history = historyOf(call, info);
    const chosen = revision === 0 ? history : history.filter((one) => revisionOf(one) === revision);
    if (revision > 0 && chosen.length === 0) throw failure("unable to find the specified revision");
    if (print !== undefined) for (const one of chosen) print(one as unknown as PlainObject);
    else if (revision > 0) {
      session.say(`${nameOf(info.object!)} with revision #${revision}\n${templateText(chosen[0]!, true)}`);
    } else session.say(`${nameOf(info.object!)} \n${table(chosen)}`);
  });
}

function historyOf({ session }: CommandRun, info: ResourceInfo): ReplicaSet[] {
  const { kind, info: about } = info.type;
  if (kind === "Deployment") return revisionsOf(session, info, info.object as unknown as Deployment);
  throw failure(
    `error retrieving history for ${JSON.stringify(about.qualified)}, no visitor method exists for {${about.group} ${kind}}`,
  );
}

/** Causes stand in an annotation. */
function table(history: readonly ReplicaSet[]): string {
  if (history.length === 0) return "No rollout history found.";
  const rows = history.map((one) => {
    const cause = one.metadata.annotations?.[changeCause] ?? "";
    return `${revisionOf(one)}\t${cause === "" ? "<none>" : cause}\n`;
  });
  return alignTabs(["REVISION\tCHANGE-CAUSE\n", ...rows].join(""));
}
