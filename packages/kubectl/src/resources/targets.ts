import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../client/server-error.ts";
import { failure } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { Session } from "../session.ts";
import { namesFiles } from "./file-flags.ts";
import { readFileObjects } from "./file-objects.ts";
import { readResourceArguments } from "./resource-arguments.ts";
import { collectionPath, groupVersionResource, type ResourceType } from "./resource-type.ts";

/** What a command that reads is to ask for: a collection, or one object. */
export interface Target {
  readonly type: ResourceType;
  /** Of the collection. */
  readonly path: string;
  /** Undefined for the whole collection. */
  readonly name: string | undefined;
}

export interface Targets {
  readonly targets: readonly Target[];
  /** One object was meant, so it is printed by itself. */
  readonly isOne: boolean;
  /** Of files that could not be read. */
  readonly errors: readonly Error[];
}

interface Call {
  readonly args: readonly string[];
  readonly flags: FlagValues;
  readonly session: Session;
}

/**
 * What arguments, `-f`, `-l`, `--field-selector` and `-A` name together (cli-runtime, resource.Builder).
 *
 * @throws CommandError in the builder's words
 */
export function readTargets({ args, flags, session }: Call): Targets {
  if (namesFiles(flags)) return fileTargets(args, flags, session);
  const { types, objects } = readResourceArguments(args);
  const namespace = flags.flag("all-namespaces") ? undefined : session.namespace;
  if (objects === undefined) {
    if (flags.text("subresource") !== "") throw failure("subresource cannot be used when bulk resources are specified");
    const targets = types.map((type) => ({ type, path: collectionPath(type, namespace), name: undefined }));
    return { targets, isOne: false, errors: [] };
  }
  if (selects(flags)) {
    const isPaired = args[0]!.includes("/") || args[0]!.includes(",");
    throw failure(
      isPaired
        ? "selectors and the all flag cannot be used when passing resource/name arguments"
        : "name cannot be provided when a selector is specified",
    );
  }
  if (namespace === undefined && types.some(({ info }) => info.namespaced)) {
    throw failure("a resource cannot be retrieved by name across all namespaces");
  }
  const targets = objects.map(({ type, name }) => ({ type, path: collectionPath(type, namespace), name }));
  return { targets, isOne: targets.length === 1, errors: [] };
}

function selects(flags: FlagValues): boolean {
  return flags.text("selector") !== "" || flags.text("field-selector") !== "";
}

function fileTargets(args: readonly string[], flags: FlagValues, session: Session): Targets {
  if (args.length > 0) {
    const what = args.some((arg) => arg.includes("/"))
      ? "resource/name arguments cannot be provided when a path is specified"
      : "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well";
    throw failure(what);
  }
  const { objects, errors } = readFileObjects(session, flags);
  const targets = objects.map(({ type, collection, name }) => ({ type, path: collection, name }));
  const names = flags.list("filename");
  const isOne = names.length === 1 && names[0] !== "-" && session.host.files.read(names[0]!) !== undefined;
  return { targets, isOne: isOne && targets.length === 1, errors };
}

export interface FetchOptions {
  readonly accept?: string;
  /** Into every request. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Objects at a time; 0 for all at once. */
  readonly limit?: number;
}

/** An object, or one part of a list. */
export function* fetchTarget(
  target: Target,
  { flags, session }: Call,
  { accept, query, limit = 0 }: FetchOptions,
): Generator<PlainObject> {
  if (target.name !== undefined) {
    const below = flags.text("subresource");
    const path = `${target.path}/${checkedName(target.name)}${below === "" ? "" : `/${below}`}`;
    yield named(path);
    return;
  }
  const labelSelector = flags.text("selector") || undefined;
  const fieldSelector = flags.text("field-selector") || undefined;
  const all = { ...query, labelSelector, fieldSelector, limit: limit > 0 ? String(limit) : undefined };
  for (let next: string | undefined; ; ) {
    const list = listed(target, { ...all, continue: next });
    yield list;
    next = (list.metadata as { continue?: string } | undefined)?.continue || undefined;
    if (next === undefined) return;
  }

  function named(path: string): PlainObject {
    try {
      return session.client.ask("GET", path, { ...(query && { query }), ...(accept && { accept }) });
    } catch (reason) {
      if (reason instanceof ServerError && reason.reason === "NotFound") requireNamespace(target.path, session);
      throw reason;
    }
  }

  function listed({ type, path }: Target, asked: Readonly<Record<string, string | undefined>>): PlainObject {
    try {
      return session.client.ask("GET", path, { query: asked, ...(accept && { accept }) });
    } catch (reason) {
      if (reason instanceof ServerError) throw enhanced(reason, type, labelSelector ?? "", fieldSelector ?? "");
      throw reason;
    }
  }
}

/** A namespace that is not there is told of first. @throws ServerError */
function requireNamespace(collection: string, session: Session): void {
  const namespace = /\/namespaces\/([^/]+)\//.exec(collection)?.[1];
  if (namespace !== undefined && namespace !== "default") {
    session.client.ask("GET", `/api/v1/namespaces/${namespace}`);
  }
}

/** @throws CommandError for a name that no path can hold (client-go, rest.IsValidPathSegmentName) */
export function checkedName(name: string): string {
  if (name === "") throw failure("resource name may not be empty");
  const wrong = [".", ".."].includes(name)
    ? [`may not be '${name}'`]
    : ["/", "%"].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
  if (wrong.length > 0) throw failure(`invalid resource name ${JSON.stringify(name)}: [${wrong.join(" ")}]`);
  return name;
}

/** What was being looked for stands before the server's reason. */
function enhanced(error: ServerError, type: ResourceType, labels: string, fields: string): ServerError {
  if (error.reason !== "BadRequest" && error.reason !== "NotFound") return error;
  const subject = JSON.stringify(groupVersionResource(type));
  const what =
    labels === "" && fields === ""
      ? `Unable to list ${subject}`
      : `Unable to find ${subject} that match label selector ${JSON.stringify(labels)}, field selector ${JSON.stringify(fields)}`;
  return new ServerError({ ...error.status, message: `${what}: ${error.message}` });
}
