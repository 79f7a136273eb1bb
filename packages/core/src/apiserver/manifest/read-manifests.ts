import { ParseError, type SourcePosition } from "../../runtime/errors.ts";
import { isPlainText, readBlockSubset } from "./block-reader.ts";
import { splitJson } from "./json-stream.ts";
import { manifestLimits } from "./limits.ts";
import { listItemSlice } from "./list-item.ts";
import type { FieldPath, ManifestDocument, ObjectPlace, Plain, PlainObject, ReadWarning } from "./manifest-document.ts";
import { splitChunks } from "./split-chunks.ts";
import { splitStream, type TextSlice } from "./text-slice.ts";
import { type RepeatedKey, YamlDocument } from "./yaml-document.ts";

/**
 * The objects of a manifest: a YAML stream, JSON (also several values after another), and lists (`kind: List`,
 * `ServiceList` …) as `kubectl get -o yaml` prints them, whose items come out one by one. Values are what Kubernetes
 * reads, not what YAML 1.2 says.
 *
 * Documents in the usual block style take a fast way; others, and all questions for a position, go to the `yaml`
 * library.
 *
 * @param source what messages call the text: a file's name.
 * @throws ParseError when it is too large, is no YAML or JSON, or holds something that is no object.
 */
export function readManifests(text: string, source: string): ManifestDocument[] {
  if (text.length > manifestLimits.characters) throw tooLarge(text, source);
  const documents: ManifestDocument[] = [];
  const simple = isPlainText(text);
  for (const slice of slicesOf(text, source)) {
    const { value, warnings, isBlock } = readSlice(slice, simple);
    if (value === null) continue;
    collect(documents, new Origin(slice, isBlock), value, [], warnings);
  }
  return documents;
}

/** Text that comes in pieces, as often as it is asked for. */
export interface TextStream {
  /** What messages call it: a file's name. */
  readonly source: string;
  /** The pieces of the text from its beginning, cut anywhere. */
  chunks(): Iterable<string>;
}

/**
 * The same for a text that comes in pieces: JSON values one after another (a line each, or several), or a YAML stream. Only the
 * document at hand is held, which must not be larger than an input may be.
 *
 * @example
 * for (const document of streamManifests({ source: "dump.jsonl", chunks: () => lines })) console.log(document.kind);
 * @throws ParseError as `readManifests` does, when it comes to the place
 */
export function* streamManifests({ source, chunks }: TextStream): Generator<ManifestDocument> {
  for (const whole of splitChunks(chunks(), source)) {
    const slice = alone(whole);
    const { value, warnings, isBlock } = readSlice(slice, slice.json === undefined && isPlainText(slice.text));
    if (value === null) continue;
    const documents: ManifestDocument[] = [];
    const place = new Beginning(source, slice.firstLine, slice.firstColumn);
    collect(documents, new Origin(slice, isBlock), isBlock ? ownText(value) : value, [], warnings, place);
    yield* documents;
  }
}

/** With no other text than its own. */
function alone(slice: TextSlice): TextSlice {
  const text = slice.text.slice(slice.start, slice.end);
  return { ...slice, text, start: 0, end: text.length };
}

/** Where an object begins, so that its text can go. */
class Beginning implements ObjectPlace {
  readonly #source: string;
  readonly #line: number;
  readonly #column: number;

  constructor(source: string, line: number, column: number) {
    this.#source = source;
    this.#line = line;
    this.#column = column;
  }

  positionOf(): SourcePosition {
    return { source: this.#source, line: this.#line, column: this.#column };
  }
}

/** Shorter pieces of a text are copied by the engine; others would hold all of the text in memory. */
const sharedLength = 13;

/** The same value with texts that do not hold the one that they were cut out of. */
function ownText(value: Plain): Plain {
  if (typeof value === "string")
    return value.length < sharedLength ? value : (JSON.parse(JSON.stringify(value)) as string);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => ownText(item as Plain));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [ownText(key) as string, ownText(item as Plain)]),
  );
}

/**
 * The values of a YAML stream or of JSON, one after another, whatever they are; a bad document ends them with an error
 * after the good ones before it.
 *
 * @throws ParseError
 */
export function* readValues(text: string, source: string): Generator<Plain> {
  if (text.length > manifestLimits.characters) throw tooLarge(text, source);
  const simple = isPlainText(text);
  for (const slice of slicesOf(text, source)) yield readSlice(slice, simple).value;
}

function slicesOf(text: string, source: string): TextSlice[] {
  return /^\s*\{/.test(text) ? splitJson(text, source) : splitStream(text, source);
}

/** A value and where its fields stand in the text. */
export interface PlacedValue {
  readonly value: Plain;
  positionOf(path: FieldPath): SourcePosition;
}

/**
 * The same for files in which people write what they want, with where everything stands: no key may stand twice, where a manifest's last one counts.
 *
 * @throws ParseError
 */
export function* readStrictValues(text: string, source: string): Generator<PlacedValue> {
  if (text.length > manifestLimits.characters) throw tooLarge(text, source);
  for (const slice of slicesOf(text, source)) {
    const document = new YamlDocument(slice);
    const { value, repeated } = document.read();
    const [again] = repeated;
    if (again !== undefined) {
      const { key, position } = again;
      throw new ParseError(`key ${JSON.stringify(key)} stands twice`, { position, hint: "leave one of them out" });
    }
    yield { value, positionOf: (path) => document.positionOf(path) };
  }
}

interface SliceReading {
  readonly value: Plain;
  readonly warnings: readonly ReadWarning[];
  /** Whether the fast reader took it. */
  readonly isBlock: boolean;
}

function readSlice(slice: TextSlice, simple: boolean): SliceReading {
  // The parser of YAML says where too deep a value stands.
  if (slice.json !== undefined && (isShallow(slice) || !isTooDeep(slice.json, 0))) {
    return { value: slice.json, warnings: [], isBlock: false };
  }
  const fast = simple ? readBlockSubset(slice) : undefined;
  if (fast !== undefined) return { value: fast, warnings: [], isBlock: true };
  const { value, repeated } = new YamlDocument(slice).read();
  return { value, warnings: repeated.map(warningOf), isBlock: false };
}

function warningOf({ key, position }: RepeatedKey): ReadWarning {
  return { message: `key ${JSON.stringify(key)} stands twice in this mapping; the last one counts`, position };
}

/** Each level opens and closes: a short text has not so many. */
function isShallow({ start, end }: TextSlice): boolean {
  return end - start <= 2 * manifestLimits.depth;
}

function isTooDeep(value: Plain, depth: number): boolean {
  if (depth > manifestLimits.depth) return true;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => isTooDeep(item as Plain, depth + 1));
  for (const key in value) if (isTooDeep((value as PlainObject)[key]!, depth + 1)) return true;
  return false;
}

/** Where a document came from; parsed again, once, when somebody asks for a position. */
class Origin implements ObjectPlace {
  readonly #slice: TextSlice;
  readonly #isBlock: boolean;
  #document: YamlDocument | undefined;

  constructor({ json: _, ...place }: TextSlice, isBlock: boolean) {
    // The value would be kept for as long as the object, beside it.
    this.#slice = place;
    this.#isBlock = isBlock;
  }

  positionOf(path: FieldPath): ReturnType<ManifestDocument["positionOf"]> {
    const [list, index, ...rest] = path;
    if (this.#isBlock && list === "items" && typeof index === "number") {
      const item = listItemSlice(this.#slice, index);
      if (item !== undefined) return new YamlDocument(item).positionOf([0, ...rest]);
    }
    this.#document ??= new YamlDocument(this.#slice);
    return this.#document.positionOf(path);
  }
}

function collect(
  documents: ManifestDocument[],
  origin: Origin,
  value: Plain,
  path: FieldPath,
  warnings: readonly ReadWarning[],
  kept?: ObjectPlace,
): void {
  const object = objectOf(value, origin, path);
  const { apiVersion, kind, items } = object;
  if (typeof kind !== "string" || kind === "") throw missing("kind", origin, path);
  if (typeof apiVersion !== "string" || apiVersion === "") throw missing("apiVersion", origin, path);
  if (kind.endsWith("List") && (Array.isArray(items) || items === undefined || items === null)) {
    for (const [i, item] of ((items ?? []) as readonly Plain[]).entries()) {
      const whole = itemOf(item, apiVersion, kind);
      collect(documents, origin, whole, [...path, "items", i], i === 0 ? warnings : [], kept);
    }
    return;
  }
  if (kind === "List") throw noItems(origin, path);
  const place: ObjectPlace =
    path.length === 0 ? origin : { positionOf: (inner) => origin.positionOf([...path, ...inner]) };
  const positionOf = (inner: FieldPath): SourcePosition => place.positionOf(inner);
  documents.push({ object, apiVersion, kind, warnings, place: kept ?? place, positionOf });
}

/** Items of a typed list (`ServiceList`) may leave out what the list says already. */
function itemOf(item: Plain, apiVersion: string, kind: string): Plain {
  if (kind === "List" || typeof item !== "object" || item === null || Array.isArray(item)) return item;
  const given = item as PlainObject;
  if (given.kind !== undefined && given.apiVersion !== undefined) return item;
  return { apiVersion, kind: kind.slice(0, -"List".length), ...given };
}

function objectOf(value: Plain, origin: Origin, path: FieldPath): PlainObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as PlainObject;
  throw new ParseError("a Kubernetes object is expected: a mapping with apiVersion, kind and metadata", {
    position: origin.positionOf(path),
  });
}

function noItems(origin: Origin, path: FieldPath): ParseError {
  return new ParseError("items of a List must be a list", {
    position: origin.positionOf([...path, "items"]),
    hint: "write objects there, e.g. items: [{apiVersion: v1, kind: Namespace, metadata: {name: shop}}]",
  });
}

function missing(field: string, origin: Origin, path: FieldPath): ParseError {
  return new ParseError(`Object '${field === "kind" ? "Kind" : "apiVersion"}' is missing`, {
    position: origin.positionOf(path),
    hint: field === "kind" ? "add e.g. kind: Service" : "add e.g. apiVersion: v1",
  });
}

function tooLarge(text: string, source: string): ParseError {
  const mega = (count: number): string => (count / 1024 / 1024).toFixed(1);
  return new ParseError(
    `the input has ${mega(text.length)} Mi characters; at most ${mega(manifestLimits.characters)} Mi are read`,
    { position: { source, line: 1, column: 1 }, hint: "split it, or leave out the kinds that no traffic depends on" },
  );
}
