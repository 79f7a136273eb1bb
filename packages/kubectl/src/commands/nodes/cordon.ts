import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../../client/server-error.ts";
import { type DryRun, dryRunSuffix, readDryRun } from "../../flags/dry-run.ts";
import type { Flag } from "../../flags/flag.ts";
import { dryRunFlag } from "../../flags/global-flags.ts";
import { objectPath, type ResourceInfo } from "../../resources/resource-info.ts";
import type { Session } from "../../session.ts";
import type { Command, CommandRun } from "../command.ts";
import { checkNodes, readNodes } from "./node-arguments.ts";

const flags: readonly Flag[] = [dryRunFlag, { name: "selector", short: "l", kind: "string" }];

/** `kubectl cordon` (pkg/cmd/drain/drain.go): no new Pods for a node. */
export const cordon: Command = {
  name: "cordon",
  short: "Mark node as unschedulable",
  flags,
  run: (call) => mark(call, true),
};

/** `kubectl uncordon`. */
export const uncordon: Command = {
  name: "uncordon",
  short: "Mark node as schedulable",
  flags,
  run: (call) => mark(call, false),
};

function mark(call: CommandRun, isCordoned: boolean): void {
  checkNodes(call, `${isCordoned ? "cordon" : "uncordon"} NODE`);
  const dryRun = readDryRun(call.flags);
  const nodes = readNodes(call);
  cordonNodes(call.session, nodes, isCordoned, dryRun);
}

/** Marks nodes one after another; what cannot be marked is told of and passed over. */
export function cordonNodes(
  session: Session,
  nodes: readonly ResourceInfo[],
  isCordoned: boolean,
  dryRun: DryRun,
): void {
  const what = isCordoned ? "cordoned" : "uncordoned";
  for (const node of nodes) {
    const { unschedulable = false } = (node.object!.spec ?? {}) as { unschedulable?: boolean };
    const suffix = dryRunSuffix(dryRun);
    if (unschedulable === isCordoned) {
      session.say(`node/${node.name} already ${what}${suffix}`);
      continue;
    }
    try {
      if (dryRun !== "client") markNode(session, node, isCordoned, dryRun);
    } catch (reason) {
      if (!(reason instanceof ServerError)) throw reason;
      const verb = isCordoned ? "cordon" : "uncordon";
      session.complain(`error: unable to ${verb} node ${JSON.stringify(node.name)}: ${reason.message}`);
      continue;
    }
    session.say(`node/${node.name} ${what}${suffix}`);
  }
}

function markNode(session: Session, node: ResourceInfo, isCordoned: boolean, dryRun: DryRun): PlainObject {
  return session.client.ask("PATCH", objectPath(node), {
    body: JSON.stringify({ spec: { unschedulable: isCordoned ? true : null } }),
    contentType: "application/strategic-merge-patch+json",
    query: { dryRun: dryRun === "server" ? "All" : undefined },
  });
}
