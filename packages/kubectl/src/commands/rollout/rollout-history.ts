import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { ObjectMeta } from "@kubenetsim/core/model/object-meta";
import type { Deployment } from "@kubenetsim/core/model/pod";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags } from "../../flags/global-flags.ts";
import { nameOf, objectPrinter } from "../../output/object-printer.ts";
import { alignTabs } from "../../output/tab-writer.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { Command, CommandRun } from "../command.ts";
import type { DescribedTemplate } from "../describe/described.ts";
import { changeCause, replicaSetText, revisionOf, revisionsOf, templateText } from "./deployment-revisions.ts";
import { rolloutFlags, rolloutResources } from "./rollout-resources.ts";
import { controllerRevisionsOf, hasControllerRevisions, templateOf, withRevision } from "./set-revisions.ts";

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
    const chosen = revision === 0 ? history : history.filter(({ number }) => number === revision);
    if (revision > 0 && chosen.length === 0) throw failure("unable to find the specified revision");
    if (print !== undefined) for (const { object } of chosen) print(object);
    else if (revision > 0) session.say(`${nameOf(info.object!)} with revision #${revision}\n${chosen[0]!.text}`);
    else session.say(`${nameOf(info.object!)} \n${table(chosen)}`);
  });
}

/** A state that a workload has had. */
interface Past {
  readonly number: number;
  readonly cause: string;
  /** What `-o` prints. */
  readonly object: PlainObject;
  readonly text: string;
}

function historyOf({ session }: CommandRun, info: ResourceInfo): Past[] {
  const { kind, info: about } = info.type;
  if (kind === "Deployment") {
    return revisionsOf(session, info, info.object as unknown as Deployment).map((set) => ({
      number: revisionOf(set),
      cause: causeOf(set),
      object: set as unknown as PlainObject,
      text: replicaSetText(set, true),
    }));
  }
  if (hasControllerRevisions(kind)) {
    return controllerRevisionsOf(session, info).map((revision) => ({
      number: revision.revision,
      cause: causeOf(revision),
      object: withRevision(info.object!, revision),
      text: templateText(templateOf(revision) as unknown as DescribedTemplate),
    }));
  }
  throw failure(
    `error retrieving history for ${JSON.stringify(about.qualified)}, no visitor method exists for {${about.group} ${kind}}`,
  );
}

/** It stands in an annotation. */
function causeOf({ metadata }: { readonly metadata: ObjectMeta }): string {
  return metadata.annotations?.[changeCause] || "<none>";
}

function table(history: readonly Past[]): string {
  if (history.length === 0) return "No rollout history found.";
  const rows = history.map(({ number, cause }) => `${number}\t${cause}\n`);
  return alignTabs(["REVISION\tCHANGE-CAUSE\n", ...rows].join(""));
}
