import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../../client/server-error.ts";
import { CommandError, failure, together } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { fileFlags, namesFiles } from "../../resources/file-flags.ts";
import { collectionPath, resourceType } from "../../resources/resource-type.ts";
import { fetchTarget, readTargets, type Target } from "../../resources/targets.ts";
import type { Command, CommandRun } from "../command.ts";
import { describeEvents } from "./describe-events.ts";
import { DescribeWriter } from "./describe-writer.ts";
import { LookUp } from "./describer.ts";
import { describers, withoutEvents } from "./describers.ts";

const flags: readonly Flag[] = [
  ...fileFlags,
  { name: "all-namespaces", short: "A", kind: "bool" },
  { name: "chunk-size", kind: "int", initial: "500" },
  { name: "selector", short: "l", kind: "string" },
  { name: "show-events", kind: "bool", initial: "true" },
];

/** `kubectl describe` (pkg/cmd/describe/describe.go). */
export const describe: Command = {
  name: "describe",
  short: "Show details of a specific resource or group of resources",
  flags,
  run,
};

function run(call: CommandRun): void {
  const { args, session, flags: given } = call;
  if (args.length === 0 && !namesFiles(given)) throw nothingAskedFor();
  const { found, errors } = find(call);
  // Of several objects the events are left out unless they are asked for.
  const isAlone = found.length === 1 && errors.length === 0;
  const withEvents = given.flag("show-events") && (given.has("show-events") || isAlone);
  const [first] = errors;
  if (errors.length === 1 && first instanceof ServerError && first.reason === "NotFound" && args.length === 2) {
    describeMatching(call, first);
    return;
  }
  session.write(found.map((one) => textOf(call, one, withEvents)).join("\n\n"));
  if (errors.length > 0) throw together(errors);
  if (found.length > 0) return;
  const all = given.flag("all-namespaces");
  session.complain(all ? "No resources found" : `No resources found in ${session.namespace} namespace.`);
}

function find(call: CommandRun): { found: PlainObject[]; errors: Error[] } {
  const { targets, errors: before } = readTargets(call);
  const found: PlainObject[] = [];
  const errors = [...before];
  for (const target of targets) {
    try {
      found.push(...objectsOf(call, target));
    } catch (reason) {
      if (!(reason instanceof ServerError) && !(reason instanceof CommandError)) throw reason;
      errors.push(reason);
    }
  }
  return { found, errors };
}

function objectsOf(call: CommandRun, target: Target): PlainObject[] {
  const { kind, info } = target.type;
  const bodies = [...fetchTarget(target, call, { limit: call.flags.number("chunk-size") })];
  if (target.name !== undefined) return bodies;
  const items = bodies.flatMap((body) => body.items as readonly PlainObject[]);
  return items.map((item) => ({ apiVersion: info.apiVersion, kind, ...item }));
}

/** A name that is none may be the beginning of some. */
function describeMatching(call: CommandRun, notFound: ServerError): void {
  const { args, session, flags: given } = call;
  const [word = "", prefix = ""] = args;
  const type = resourceType(word);
  const target: Target = { type, path: collectionPath(type, session.namespace), name: undefined };
  const named = objectsOf(call, target).filter(({ metadata }) =>
    (metadata as { name: string }).name.startsWith(prefix),
  );
  if (named.length === 0) throw notFound;
  const withEvents = given.has("show-events") && given.flag("show-events");
  for (const object of named) session.say(textOf(call, object, withEvents));
}

function textOf({ session }: CommandRun, object: PlainObject, withEvents: boolean): string {
  const kind = String(object.kind);
  const describer = describers[kind];
  if (describer === undefined) {
    throw failure(`describing a ${kind} is not modelled; known are: ${Object.keys(describers).join(", ")}`);
  }
  const writer = new DescribeWriter();
  const lookUp = new LookUp(session.client, session.host.nowMs);
  describer(object as never, writer, lookUp);
  if (withEvents && !withoutEvents.has(kind)) describeEvents(object, writer, lookUp);
  return writer.text();
}

function nothingAskedFor(): Error {
  return failure(
    'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
  );
}
