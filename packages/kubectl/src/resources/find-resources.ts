import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { Session } from "../session.ts";
import { namesFiles } from "./file-flags.ts";
import { fileSources } from "./file-sources.ts";
import { FoundResources, type ResourceSource } from "./found-resources.ts";
import { readResourceArguments } from "./resource-arguments.ts";
import type { ResourceInfo } from "./resource-info.ts";
import { type Asking, listed, retrieved } from "./resource-requests.ts";
import { collectionPath, type ResourceType, resourceType, resourceTypes } from "./resource-type.ts";

/** What is to be found beyond the flags `-f`, `-l`, `--field-selector`, `-A` and `--subresource`. */
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
  readonly asking?: Asking;
  /** Of collections the answers are wanted, and not their items. */
  readonly keepsLists?: boolean;
  /** The first error ends the search, and is all that is told. */
  readonly stops?: boolean;
  /** Several types are refused. */
  readonly singleType?: boolean;
}

/** A search with what its flags add. */
interface FlaggedSearch extends Search {
  readonly asking: Asking;
  /** Of the objects to be found; undefined for all namespaces. */
  readonly namespace: string | undefined;
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

interface Meant {
  readonly type: ResourceType;
  readonly name: string;
}

/** @throws CommandError in the words of cli-runtime, pkg/resource/builder.go */
export function findResources(given: Search): FoundResources {
  const search = withFlags(given);
  const isSelecting = search.labelSelector !== "" || search.fieldSelector !== "";
  if (given.all === "every" && isSelecting) {
    throw failure("setting 'all' parameter but found a non empty selector. ");
  }
  if (namesFiles(given.flags)) return foundInFiles(search);
  const { tuples, types, names } = readResourceArguments(given.args);
  const isTypeAlone = given.all === "typeAlone" && types.length > 0 && names.length === 0;
  if (isSelecting || given.all === "every" || isTypeAlone) {
    if (names.length > 0) throw failure("name cannot be provided when a selector is specified");
    if (tuples.length > 0) {
      throw failure("selectors and the all flag cannot be used when passing resource/name arguments");
    }
    return foundByType(search, types);
  }
  if (tuples.length > 0) {
    return foundByName(
      search,
      tuples.map(({ word, name }) => ({ type: resourceType(word), name })),
    );
  }
  if (names.length > 0) {
    const [type, ...more] = types.flatMap(resourceTypes);
    if (more.length > 0) throw failure("you must specify only one resource");
    return foundByName(
      search,
      names.map((name) => ({ type: type!, name })),
    );
  }
  if (types.length === 0) throw nothingNamed();
  types.forEach(resourceTypes);
  throw failure("resource(s) were provided, but no name was specified");
}

function withFlags(search: Search): FlaggedSearch {
  const { session, flags, selects = true } = search;
  return {
    ...search,
    asking: { ...search.asking, subresource: flags.text("subresource") },
    namespace: flags.flag("all-namespaces") ? undefined : session.namespace,
    labelSelector: selects ? flags.text("selector").trim() : "",
    fieldSelector: selects ? flags.text("field-selector").trim() : "",
  };
}

function foundInFiles(search: FlaggedSearch): FoundResources {
  const { session, objects, asking, stops = false } = search;
  const { sources, isOne } = fileSources(search, (info) =>
    objects === "latest" && info.name !== "" ? retrieved(session, info, asking) : info,
  );
  return new FoundResources(isOne, sources, { stops, prepare: (info) => inNamespace(info, session) });
}

/** An object of a file goes where `-n` says (resource.RequireNamespace). @throws CommandError */
function inNamespace(info: ResourceInfo, { namespace: asked, namespaceIsGiven }: Session): ResourceInfo {
  const { namespace } = info;
  if (!namespaceIsGiven || namespace === undefined || namespace === asked) return info;
  throw failure(
    `the namespace from the provided object ${JSON.stringify(namespace)} does not match the namespace ${JSON.stringify(asked)}. You must pass '--namespace=${namespace}' to perform this operation.`,
  );
}

function foundByType(search: FlaggedSearch, words: readonly string[]): FoundResources {
  const { session, asking, keepsLists = false } = search;
  if (words.length === 0) throw failure("at least one resource must be specified to use a selector");
  if (asking.subresource !== "") throw failure("subresource cannot be used when bulk resources are specified");
  const types = [...new Set(words.flatMap(resourceTypes))];
  requireSingleType(search, types);
  const sources = types.map(
    (type): ResourceSource =>
      function* () {
        const namespace = type.info.namespaced ? search.namespace : undefined;
        for (const part of listed(session, { ...search, type, namespace }, asking)) {
          if (keepsLists) yield part;
          else yield* itemsOf(part);
        }
      },
  );
  return new FoundResources(false, sources, { stops: search.stops ?? false, prepare: (info) => info });
}

/** A table is one thing; a list is its items (resource.FlattenListVisitor). */
function* itemsOf(part: ResourceInfo): Generator<ResourceInfo> {
  const { type, object } = part;
  if (!Array.isArray(object!.items)) {
    yield part;
    return;
  }
  for (const item of object!.items as readonly PlainObject[]) {
    const { name, namespace } = item.metadata as { name: string; namespace?: string };
    const whole = { apiVersion: type.info.apiVersion, kind: type.kind, ...item };
    yield { ...part, name, namespace, collection: collectionPath(type, namespace), object: whole };
  }
}

function foundByName(search: FlaggedSearch, meant: readonly Meant[]): FoundResources {
  const { session, objects, asking, stops = false } = search;
  requireSingleType(
    search,
    meant.map(({ type }) => type),
  );
  if (search.namespace === undefined && meant.some(({ type }) => type.info.namespaced)) {
    throw failure("a resource cannot be retrieved by name across all namespaces");
  }
  const infos = meant.map(({ type, name }) => {
    const namespace = type.info.namespaced ? search.namespace : undefined;
    return { type, name, namespace, collection: collectionPath(type, namespace), source: undefined, object: undefined };
  });
  return new FoundResources(
    infos.length === 1,
    infos.map((info) => () => [info]),
    { stops, prepare: (info) => (objects === "asRead" ? info : retrieved(session, info, asking)) },
  );
}

function requireSingleType({ singleType = false }: Search, types: readonly ResourceType[]): void {
  if (singleType && new Set(types).size > 1) throw failure("you may only specify a single resource type");
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
