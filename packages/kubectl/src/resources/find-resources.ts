import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../client/server-error.ts";
import { CommandError, failure, together } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { Session } from "../session.ts";
import { namesFiles } from "./file-flags.ts";
import { readFileObjects } from "./file-objects.ts";
import { collectionPath, type ResourceType, resourceType, resourceTypes } from "./resource-type.ts";

/** An object that a command works on (cli-runtime, resource.Info). */
export interface ResourceInfo {
  readonly type: ResourceType;
  readonly name: string;
  /** Undefined for kinds without namespaces. */
  readonly namespace: string | undefined;
  /** Of the object, to be asked for. */
  readonly path: string;
  /** The file that it was read from. */
  readonly source: string | undefined;
  /** As it was found; undefined as long as nobody has asked for it. */
  readonly object: PlainObject | undefined;
}

/** What is to be found beyond the flags `-f`, `-l`, `--field-selector` and `-A`. */
export interface Search {
  readonly session: Session;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  /** `every`: types are meant with all of their objects; `typeAlone`: a type without names is. */
  readonly all?: "none" | "every" | "typeAlone";
  /** Whether `-l` and `--field-selector` are to find by; `--selector` means something else in some commands. */
  readonly selects?: boolean;
  /** `asRead` leaves objects of files and names as they are, `lazy` asks for names, `latest` for files, too. */
  readonly objects: "asRead" | "lazy" | "latest";
}

/** Goes through objects one after another, and past those that fail. */
export class FoundResources {
  /** One object was named, and no collection. */
  readonly isOne: boolean;
  readonly #sources: readonly (() => readonly ResourceInfo[])[];
  readonly #prepare: (info: ResourceInfo) => ResourceInfo;

  constructor(
    isOne: boolean,
    sources: readonly (() => readonly ResourceInfo[])[],
    prepare: (info: ResourceInfo) => ResourceInfo,
  ) {
    this.isOne = isOne;
    this.#sources = sources;
    this.#prepare = prepare;
  }

  /** @throws all errors together at the end, less those that are ignored */
  visit(act: (info: ResourceInfo) => void, isIgnored: (reason: Error) => boolean = () => false): void {
    const errors = this.visitAll(act).filter((reason) => !isIgnored(reason));
    if (errors.length > 0) throw together(errors);
  }

  /** As `visit`, and returns what went wrong. */
  visitAll(act: (info: ResourceInfo) => void): readonly Error[] {
    const errors: Error[] = [];
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (reason) {
        if (!(reason instanceof CommandError || reason instanceof ServerError)) throw reason;
        errors.push(reason);
      }
    };
    for (const source of this.#sources) {
      attempt(() => {
        for (const info of source()) attempt(() => act(this.#prepare(info)));
      });
    }
    return errors;
  }
}

/** @throws CommandError in the words of cli-runtime, pkg/resource/builder.go */
export function findResources(search: Search): FoundResources {
  const { session, objects } = search;
  const prepare = (info: ResourceInfo): ResourceInfo =>
    objects === "asRead" || info.object !== undefined ? info : retrieved(session, info);
  const words = readArguments(search.args);
  const { tuples, types, names } = words;
  const isSelection = selects(search, words);
  if (namesFiles(search.flags)) return foundInFiles(search, words, prepare);
  if (isSelection) return foundBySelector(search, words, prepare);
  if (tuples.length > 0) {
    const found = tuples.map(({ word, name }) => ({ type: resourceType(word), name }));
    return new FoundResources(
      found.length === 1,
      found.map((one) => named(search, one)),
      prepare,
    );
  }
  if (names.length > 0) {
    const found = types.flatMap(resourceTypes);
    if (found.length > 1) throw failure("you must specify only one resource");
    const type = found[0]!;
    return new FoundResources(
      names.length === 1,
      names.map((name) => named(search, { type, name })),
      prepare,
    );
  }
  if (types.length > 0) {
    types.forEach(resourceTypes);
    throw failure("resource(s) were provided, but no name was specified");
  }
  throw nothingNamed();
}

/** The object as the server has it now (resource.Info.Get): a namespace that is not there is told of first. */
export function retrieved(session: Session, info: ResourceInfo): ResourceInfo {
  try {
    return { ...info, object: session.client.ask("GET", info.path) };
  } catch (reason) {
    const { namespace } = info;
    if (isNotFound(reason) && namespace !== undefined && namespace !== "default") {
      session.client.ask("GET", `/api/v1/namespaces/${namespace}`);
    }
    throw reason;
  }
}

export function isNotFound(reason: unknown): reason is ServerError {
  return reason instanceof ServerError && reason.reason === "NotFound";
}

/** `services/web`, as messages of waiting say it. */
export function resourceName({ type, name }: ResourceInfo): string {
  return `${type.info.plural}/${name}`;
}

interface Words {
  /** `svc/web`. */
  readonly tuples: readonly { readonly word: string; readonly name: string }[];
  readonly types: readonly string[];
  readonly names: readonly string[];
}

/** `svc`, `svc,pods`, `svc web db`, `svc,pods web`, `svc/web pod/a`. */
function readArguments(given: readonly string[]): Words {
  const args = spreadTypes(given);
  const withSlash = args.filter((arg) => arg.includes("/"));
  if (withSlash.length > 0 && withSlash.length < args.length) {
    throw failure(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  }
  if (withSlash.length > 0) return { tuples: args.map(readTuple), types: [], names: [] };
  const [first, ...names] = args;
  return { tuples: [], types: first === undefined ? [] : unique(first.split(",")), names };
}

/** Several types with names stand for each type with each name. */
function spreadTypes(args: readonly string[]): readonly string[] {
  const [first, ...names] = args;
  if (first === undefined || names.length === 0) return args;
  const words = unique(first.split(","));
  return words.length > 1 ? words.flatMap((word) => names.map((name) => `${word}/${name}`)) : args;
}

function readTuple(arg: string): Words["tuples"][number] {
  const [word = "", name = "", ...more] = arg.split("/");
  if (more.length > 0) throw failure("arguments in resource/name form may not have more than one slash");
  if (word === "" || name === "" || word.includes(",")) {
    throw failure("arguments in resource/name form must have a single resource and name");
  }
  return { word, name };
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}

function selects({ flags, all = "none", selects: finds = true }: Search, { types, names }: Words): boolean {
  if (!finds) return false;
  const selectors = ["selector", "field-selector"].filter((name) => flags.text(name).trim() !== "");
  if (all === "every" && selectors.length > 0) {
    throw failure("setting 'all' parameter but found a non empty selector. ");
  }
  if (selectors.length > 0 || all === "every") return true;
  return all === "typeAlone" && types.length > 0 && names.length === 0;
}

function foundInFiles(search: Search, words: Words, prepare: (info: ResourceInfo) => ResourceInfo): FoundResources {
  if (words.types.length > 0) {
    throw failure("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well");
  }
  if (words.tuples.length > 0) throw failure("resource/name arguments cannot be provided when a path is specified");
  const { session, flags } = search;
  const { objects, errors } = readFileObjects(session, flags);
  const infos = objects.map((one) => ({ ...one, path: `${one.collection}/${one.name}` }));
  const sources = infos.map((info) => () => [search.objects === "latest" ? retrieved(session, info) : info]);
  const failed = errors.map((reason) => () => {
    throw reason;
  });
  const isOne = new Set(objects.map(({ source }) => source)).size === 1 && flags.list("filename")[0] !== "-";
  return new FoundResources(isOne, [...sources, ...failed], prepare);
}

function foundBySelector(search: Search, words: Words, prepare: (info: ResourceInfo) => ResourceInfo): FoundResources {
  if (words.names.length > 0) throw failure("name cannot be provided when a selector is specified");
  if (words.tuples.length > 0) {
    throw failure("selectors and the all flag cannot be used when passing resource/name arguments");
  }
  if (words.types.length === 0) throw failure("at least one resource must be specified to use a selector");
  const types = [...new Set(words.types.flatMap(resourceTypes))];
  return new FoundResources(
    false,
    types.map((type) => () => selected(search, type)),
    prepare,
  );
}

function selected({ session, flags }: Search, type: ResourceType): ResourceInfo[] {
  const collection = collectionPath(type, flags.flag("all-namespaces") ? undefined : session.namespace);
  const labelSelector = flags.text("selector").trim();
  const fieldSelector = flags.text("field-selector").trim();
  const query = { labelSelector: labelSelector || undefined, fieldSelector: fieldSelector || undefined };
  const { items } = asked(session, collection, query, type) as unknown as { items: readonly PlainObject[] };
  return items.map((item) => {
    const object = { apiVersion: type.info.apiVersion, kind: type.kind, ...item };
    const { name, namespace } = item.metadata as { name: string; namespace?: string };
    return { type, name, namespace, path: `${collectionPath(type, namespace)}/${name}`, source: undefined, object };
  });
}

/** What could not be listed is told with what was looked for (resource.EnhanceListError). */
function asked(
  session: Session,
  path: string,
  query: Record<string, string | undefined>,
  type: ResourceType,
): PlainObject {
  try {
    return session.client.ask("GET", path, { query });
  } catch (reason) {
    if (!(reason instanceof ServerError) || !["BadRequest", "NotFound"].includes(reason.reason)) throw reason;
    const { group, version, plural } = type.info;
    const subject = JSON.stringify(`${group}/${version}, Resource=${plural}`);
    const { labelSelector, fieldSelector } = query;
    const what =
      labelSelector === undefined && fieldSelector === undefined
        ? `Unable to list ${subject}`
        : `Unable to find ${subject} that match label selector ${JSON.stringify(labelSelector ?? "")}, field selector ${JSON.stringify(fieldSelector ?? "")}`;
    throw new ServerError({ ...reason.status, message: `${what}: ${reason.message}` });
  }
}

function named(
  { session, flags }: Search,
  { type, name }: { readonly type: ResourceType; readonly name: string },
): () => readonly ResourceInfo[] {
  if (type.info.namespaced && flags.flag("all-namespaces")) {
    throw failure("a resource cannot be retrieved by name across all namespaces");
  }
  const namespace = type.info.namespaced ? session.namespace : undefined;
  const path = `${collectionPath(type, namespace)}/${name}`;
  return () => [{ type, name, namespace, path, source: undefined, object: undefined }];
}

function nothingNamed(): Error {
  return failure(
    [
      "You must provide one or more resources by argument or filename.",
      "Example resource specifications include:",
      "   '-f rsrc.yaml'",
      "   '--filename=rsrc.json'",
      "   '<resource> <name>'",
      "   '<resource>'",
    ].join("\n"),
  );
}
