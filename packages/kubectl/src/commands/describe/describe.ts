import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { isNotFound, ServerError } from "../../client/server-error.ts";
import { failure, SeveralErrors } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { fileFlags, namesFiles } from "../../resources/file-flags.ts";
import { findResources, type Search } from "../../resources/find-resources.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import { retrieved } from "../../resources/resource-requests.ts";
import type { Command, CommandRun } from "../command.ts";
import { describeAny } from "./describe-any.ts";
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
  const { infos: found, error } = findResources(searchFor(call)).infos();
  // Of several objects the events are left out unless they are asked for.
  const isAlone = found.length === 1 && error === undefined;
  const withEvents = given.flag("show-events") && (given.has("show-events") || isAlone);
  if (isNotFound(error) && args.length === 2) {
    describeMatching(call, error);
    return;
  }
  const errors: Error[] = error === undefined ? [] : [error];
  const texts = found.flatMap((info) => describedText(call, info, withEvents, errors));
  session.write(texts.join("\n\n"));
  if (errors.length > 0) throw new SeveralErrors(errors);
  if (found.length > 0) return;
  const all = given.flag("all-namespaces");
  session.complain(all ? "No resources found" : `No resources found in ${session.namespace} namespace.`);
}

function searchFor({ args, flags, session }: CommandRun): Search {
  return { args, flags, session, all: "typeAlone", objects: "lazy", asking: { limit: flags.number("chunk-size") } };
}

/** What a file names is looked for when its turn has come; what is not there is told once. */
function describedText(call: CommandRun, info: ResourceInfo, withEvents: boolean, errors: Error[]): string[] {
  try {
    const { object } = info.source === undefined ? info : retrieved(call.session, info);
    return [textOf(call, object!, withEvents)];
  } catch (reason) {
    if (!(reason instanceof ServerError)) throw reason;
    if (!errors.some(({ message }) => message === reason.message)) errors.push(reason);
    return [];
  }
}

/** A name that is none may be the beginning of some. */
function describeMatching(call: CommandRun, notFound: Error): void {
  const { args, session, flags: given } = call;
  const [word = "", prefix = ""] = args;
  const found = findResources({ ...searchFor(call), args: [word], singleType: true, stops: true });
  const { infos, error } = found.infos();
  if (error !== undefined) throw error;
  const named = infos.filter(({ name }) => name.startsWith(prefix));
  if (named.length === 0) throw notFound;
  const withEvents = given.has("show-events") && given.flag("show-events");
  for (const { object } of named) session.say(textOf(call, object!, withEvents));
}

function textOf({ session }: CommandRun, object: PlainObject, withEvents: boolean): string {
  const kind = String(object.kind);
  const describer = describers[kind] ?? describeAny;
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
