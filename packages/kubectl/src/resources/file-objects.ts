import { decodeObject } from "@kubenetsim/core/apiserver/decode/decode-object";
import { isStoredKind, kinds } from "@kubenetsim/core/apiserver/decode/kinds";
import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { readValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { yamlProblem } from "@kubenetsim/core/apiserver/manifest/yaml-problem";
import { matchesSelector } from "@kubenetsim/core/model/label-selector";
import { parseSelector } from "@kubenetsim/core/model/selector-text";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { type CommandError, failure } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { Session } from "../session.ts";
import { readTexts, type SourceText } from "./file-texts.ts";
import { collectionPath, type ResourceType } from "./resource-type.ts";

/** An object of a file, as kubectl is going to send it (cli-runtime, resource.Info). */
export interface FileObject {
  /** The file's name as messages say it; `STDIN` for standard input. */
  readonly source: string;
  /** With the namespace that it goes to. */
  readonly object: PlainObject;
  readonly type: ResourceType;
  /** "" where the object has none. */
  readonly name: string;
  /** Undefined for kinds without namespaces. */
  readonly namespace: string | undefined;
  /** Of its collection, to be asked for. */
  readonly collection: string;
}

export interface FileObjects {
  readonly objects: readonly FileObject[];
  /** Of files and documents that could not be read; the commands go on with the others and tell these at the end. */
  readonly errors: readonly CommandError[];
}

/**
 * The objects that `-f`, `-R`, `-l` and `-n` name, in the order of the files (cli-runtime, resource.Builder). Items of
 * lists come one by one.
 *
 * @throws CommandError for a file or a folder that is not there
 */
export function readFileObjects(session: Session, flags: FlagValues): FileObjects {
  const objects: FileObject[] = [];
  const errors: CommandError[] = [];
  for (const text of readTexts(session.host, flags)) {
    try {
      for (const one of objectsOf(text, session, flags)) objects.push(one);
    } catch (reason) {
      errors.push(asFailure(reason, text));
    }
  }
  return { objects: selected(objects, flags), errors };
}

function selected(objects: readonly FileObject[], flags: FlagValues): readonly FileObject[] {
  const text = flags.text("selector");
  if (text === "") return objects;
  const selector = parseSelector(text);
  return objects.filter(({ object }) => {
    const { labels } = object.metadata as { labels?: Readonly<Record<string, string>> };
    return matchesSelector(selector, labels);
  });
}

function* objectsOf(text: SourceText, session: Session, flags: FlagValues): Generator<FileObject> {
  const { source } = text;
  for (const value of readValues(text.text, source)) {
    if (value === null) continue;
    validate(value, source, flags);
    for (const object of itemsOf(value as PlainObject)) yield placed(object, source, session, flags.flag("local"));
  }
}

/** What kubectl looks at itself; fields are the server's to check. */
function validate(value: Plain, source: string, flags: FlagValues): void {
  const text = flags.text("validate");
  if (["false", "ignore", "f", "F", "FALSE", "False", "0"].includes(text)) return;
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

function itemsOf(object: PlainObject): readonly PlainObject[] {
  const { kind, items } = object;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return [object];
  return (items as readonly Plain[]).flatMap((item) => (isObject(item) ? itemsOf(item) : []));
}

/** Without a server (`--local`), nothing is known of namespaces. */
function placed(object: PlainObject, source: string, session: Session, isLocal: boolean): FileObject {
  const { kind, apiVersion } = object;
  if (typeof kind !== "string" || kind === "") {
    throw undecodable(source, `Object 'Kind' is missing in '${JSON.stringify(object)}'`);
  }
  const metadata = metadataOf(object, source);
  const { name = "", namespace: given } = metadata as { name?: string; namespace?: string };
  if (!isStoredKind(kind) || kinds[kind].apiVersion !== apiVersion) {
    throw failure(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(given ?? "")} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}\nensure CRDs are installed first`,
    );
  }
  const type = { kind, info: kinds[kind] };
  if (!type.info.namespaced) {
    return { source, object, type, name, namespace: undefined, collection: collectionPath(type, undefined) };
  }
  const namespace = given || session.namespace;
  if (session.namespaceIsGiven && namespace !== session.namespace) {
    throw failure(
      `the namespace from the provided object ${JSON.stringify(namespace)} does not match the namespace ${JSON.stringify(session.namespace)}. You must pass '--namespace=${namespace}' to perform this operation.`,
    );
  }
  const inNamespace = isLocal ? object : { ...object, metadata: { ...metadata, namespace } };
  return { source, object: inNamespace, type, name, namespace, collection: collectionPath(type, namespace) };
}

/** kubectl decodes the metadata alone, to know the object's name. */
function metadataOf(object: PlainObject, source: string): PlainObject {
  const { metadata } = object;
  if (metadata === undefined || metadata === null) return {};
  const { wrongType } = decodeObject(metadata as PlainObject, "meta.ObjectMeta");
  if (wrongType === undefined) return metadata as PlainObject;
  const message = isObject(metadata)
    ? wrongType.message.replace(/Go struct field (\w+)\./, "Go struct field $1.metadata.")
    : wrongType.message.replace("Go value", "Go struct field metadataOnlyObject.metadata");
  throw undecodable(source, message);
}

function undecodable(source: string, message: string): CommandError {
  return failure(`unable to decode ${JSON.stringify(source)}: ${message}`);
}

function asFailure(reason: unknown, { source, text }: SourceText): CommandError {
  if (!(reason instanceof ParseError)) return reason as CommandError;
  return failure(`error parsing ${source}: ${yamlProblem(reason, text)}`);
}

function isObject(value: Plain): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
