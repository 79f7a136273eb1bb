import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { Kind, KindMap } from "@kubenetsim/core/model/api-object";
import { ServerError } from "../../client/server-error.ts";
import { CommandError, failure, usageError } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { readResourceArguments } from "../../resources/resource-arguments.ts";
import { collectionPath, type ResourceType } from "../../resources/resource-type.ts";
import type { Command, CommandRun } from "../command.ts";
import { describeIngress } from "./describe-ingress.ts";
import { describeService } from "./describe-service.ts";
import { DescribeWriter } from "./describe-writer.ts";
import { type Describer, LookUp } from "./describer.ts";

const describers: { readonly [K in Kind]?: Describer<KindMap[K]> } = {
  Service: describeService,
  Ingress: describeIngress,
};

const flags: readonly Flag[] = [
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

interface Found {
  readonly type: ResourceType;
  readonly object: PlainObject;
}

function run(call: CommandRun): void {
  const { args, session, flags: given } = call;
  if (args.length === 0) throw nothingAskedFor(call);
  const { found, errors } = find(call);
  const all = given.flag("all-namespaces");
  if (found.length === 0 && errors.length === 0) {
    session.complain(all ? "No resources found" : `No resources found in ${session.namespace} namespace.`);
    return;
  }
  // Of several objects the events are left out unless they are asked for.
  const withEvents =
    given.flag("show-events") && (given.has("show-events") || (found.length === 1 && errors.length === 0));
  session.write(found.map((one) => textOf(call, one, withEvents)).join("\n\n"));
  if (errors.length === 1) throw errors[0]!;
  if (errors.length > 1) throw new CommandError(errors.map((error) => error.text).join("\n"));
}

function find({ args, flags: given, session }: CommandRun): { found: Found[]; errors: ServerError[] } {
  const namespace = given.flag("all-namespaces") ? undefined : session.namespace;
  const { types, objects } = readResourceArguments(args);
  if (objects === undefined) {
    const query = { labelSelector: given.text("selector") || undefined };
    const listed = types.flatMap((type) => {
      const list = session.client.ask("GET", collectionPath(type, namespace), { query });
      return (list.items as PlainObject[]).map((object) => ({ type, object }));
    });
    return { found: listed, errors: [] };
  }
  const found: Found[] = [];
  const errors: ServerError[] = [];
  for (const { type, name } of objects) {
    try {
      found.push({ type, object: session.client.ask("GET", `${collectionPath(type, namespace)}/${name}`) });
    } catch (reason) {
      if (!(reason instanceof ServerError)) throw reason;
      const matching = reason.reason === "NotFound" && args.length === 2 ? startingWith(type, name) : [];
      found.push(...matching);
      if (matching.length === 0) errors.push(reason);
    }
  }
  return { found, errors };

  /** A name that is none may be the beginning of some. */
  function startingWith(type: ResourceType, prefix: string): Found[] {
    const items = session.client.ask("GET", collectionPath(type, namespace)).items as PlainObject[];
    const named = items.filter(({ metadata }) => (metadata as { name: string }).name.startsWith(prefix));
    return named.map((object) => ({ type, object }));
  }
}

function textOf({ session }: CommandRun, { type, object }: Found, withEvents: boolean): string {
  const describer = describers[type.kind] as Describer<unknown> | undefined;
  if (describer === undefined) throw failure(`describing ${type.info.plural} is not there yet`);
  const writer = new DescribeWriter();
  describer(object, writer, new LookUp(session.client, session.host.nowMs));
  if (withEvents) writer.line("Events:\t<none>");
  return writer.text();
}

function nothingAskedFor({ path, session }: CommandRun): Error {
  session.complain(
    'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
  );
  return usageError(path, "Required resource not specified.");
}
