import { decodeObject } from "@kubenetsim/core/apiserver/decode/decode-object";
import { isStoredKind, kinds } from "@kubenetsim/core/apiserver/decode/kinds";
import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { readValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { manifestProblem } from "@kubenetsim/core/apiserver/manifest/yaml-problem";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { type CommandError, failure, SeveralErrors } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { Session } from "../session.ts";
import type { SourceText } from "./file-texts.ts";
import type { ResourceInfo } from "./resource-info.ts";
import { collectionPath } from "./resource-type.ts";

/**
 * The objects of a text, as kubectl is going to send them, with the namespaces that they go to. Items of lists come one by
 * one; of an object that cannot be taken comes why (cli-runtime, resource.StreamVisitor).
 *
 * @throws CommandError where nothing more can be read of the text
 */
export function* readFileObjects(
  { text, source }: SourceText,
  session: Session,
  flags: FlagValues,
): Generator<ResourceInfo | CommandError> {
  try {
    for (const value of readValues(text, source)) {
      if (value === null) continue;
      validate(value, source, flags);
      const place = { source, session, isLocal: flags.flag("local") };
      if (isList(value as PlainObject)) yield* placedItems(value as PlainObject, place);
      else yield placed(value as PlainObject, place, unmapped);
    }
  } catch (reason) {
    if (!(reason instanceof ParseError)) throw reason;
    throw failure(`error parsing ${source}: ${manifestProblem(reason, text)}`);
  }
}

/** What kubectl looks at itself; fields are the server's to check. */
function validate(value: Plain, source: string, flags: FlagValues): void {
  const text = flags.text("validate");
  if (["", "false", "ignore", "f", "F", "FALSE", "False", "0"].includes(text)) return;
  const problem = kindProblem(value);
  if (problem === undefined) return;
  throw failure(
    `error validating ${JSON.stringify(source)}: error validating data: ${problem}; if you choose to ignore these errors, turn validation off with --validate=false`,
  );
}

function kindProblem(value: Plain): string | undefined {
  if (!isObject(value)) return "invalid object to validate";
  const problems = ["apiVersion", "kind"].flatMap((field) => {
    const given = value[field];
    if (given === undefined || given === null) return [`${field} not set`];
    return typeof given === "string" ? [] : [`${field} isn't string type`];
  });
  if (problems.length > 1) return `[${problems.join(", ")}]`;
  if (problems.length === 1) return problems[0];
  const version = String(value.apiVersion);
  return version.split("/").length > 2 ? `unexpected GroupVersion string: ${version}` : undefined;
}

function isList({ kind, items }: PlainObject): boolean {
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(items);
}

/** What is wrong with items is told together, behind them (resource.FlattenListVisitor). */
function* placedItems(list: PlainObject, place: Place): Generator<ResourceInfo | CommandError> {
  const errors: Error[] = [];
  for (const item of itemsOf(list)) {
    const one = placed(item, place, unrecognized);
    if (one instanceof Error) errors.push(one);
    else yield one;
  }
  if (errors.length > 0) yield new SeveralErrors(errors);
}

function itemsOf(object: PlainObject): readonly PlainObject[] {
  if (!isList(object)) return [object];
  return (object.items as readonly Plain[]).flatMap((item) => (isObject(item) ? itemsOf(item) : []));
}

/** Where an object comes from and goes to. */
interface Place {
  readonly source: string;
  readonly session: Session;
  /** Without a server (`--local`), nothing is known of namespaces. */
  readonly isLocal: boolean;
}

/** What is said of an object whose kind nobody knows. */
type Unmapped = (object: PlainObject, source: string) => string;

const unmapped: Unmapped = ({ metadata, ...rest }, source) => {
  const { name = "", namespace = "" } = (metadata ?? {}) as { name?: string; namespace?: string };
  return `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: ${noMatch(rest)}\nensure CRDs are installed first`;
};

const unrecognized: Unmapped = (object) => `unable to recognize ${noMatch(object)}`;

function noMatch({ kind, apiVersion }: PlainObject): string {
  return `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`;
}

function placed(object: PlainObject, place: Place, complaint: Unmapped): ResourceInfo | CommandError {
  const { source, session, isLocal } = place;
  const { kind, apiVersion } = object;
  if (typeof kind !== "string" || kind === "") {
    return undecodable(source, `Object 'Kind' is missing in '${JSON.stringify(object)}'`);
  }
  const metadata = metadataOf(object, source);
  if (metadata instanceof Error) return metadata;
  const { name = "", namespace: given } = metadata as { name?: string; namespace?: string };
  if (!isStoredKind(kind) || kinds[kind].apiVersion !== apiVersion) {
    return failure(complaint(object, source));
  }
  const type = { kind, info: kinds[kind] };
  if (!type.info.namespaced) {
    return { source, object, type, name, namespace: undefined, collection: collectionPath(type, undefined) };
  }
  const namespace = given || session.namespace;
  const inNamespace = isLocal ? object : { ...object, metadata: { ...metadata, namespace } };
  return { source, object: inNamespace, type, name, namespace, collection: collectionPath(type, namespace) };
}

/** kubectl decodes the metadata alone, to know the object's name. */
function metadataOf(object: PlainObject, source: string): PlainObject | CommandError {
  const { metadata } = object;
  if (metadata === undefined || metadata === null) return {};
  const { wrongType } = decodeObject(metadata as PlainObject, "meta.ObjectMeta");
  if (wrongType === undefined) return metadata as PlainObject;
  const message = isObject(metadata)
    ? wrongType.message.replace(/Go struct field (\w+)\./, "Go struct field $1.metadata.")
    : wrongType.message.replace("Go value", "Go struct field metadataOnlyObject.metadata");
  return undecodable(source, message);
}

function undecodable(source: string, message: string): CommandError {
  return failure(`unable to decode ${JSON.stringify(source)}: ${message}`);
}

function isObject(value: Plain): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
