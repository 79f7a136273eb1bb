import { ownField, setField } from "../own-field.ts";
import { plainCopy } from "../plain-copy.ts";
import { tooDeepBracket } from "../rest/json-depth.ts";

/** One step of a JSON patch, as it was sent. */
export type Operation = Readonly<Record<string, unknown>>;

/** An operation that does not apply; the API server does not say which, nor why. */
export class JsonPatchFailure extends Error {
  override readonly name = "JsonPatchFailure";
}

type Container = Record<string, unknown> | unknown[];

/**
 * Applies a JSON patch (RFC 6902) as gopkg.in/evanphx/json-patch.v4 does: negative indices count from the end, and what
 * is not there can be replaced. The document is changed in place; the result may be another one.
 *
 * @param touched is told the objects that paths went through
 * @throws JsonPatchFailure
 */
export function applyJsonPatch(
  document: Record<string, unknown>,
  operations: readonly Operation[],
  touched: Set<unknown>,
): unknown {
  let result: Container = document;
  touched.add(document);
  const copies = new Copies();
  for (const operation of operations) result = applyOperation(result, operation, touched, copies);
  return result;
}

/** The API server's limit of what all copies of one patch come to (JSONPatchMaxCopyBytes). */
const mostCopiedBytes = 3 * 1024 * 1024;

/** Makes the copies of one patch and counts their bytes: each may hold those before it. */
class Copies {
  #bytes = 0;

  /** @throws JsonPatchFailure beyond the limit, and where a value is nested deeper than is read */
  of(value: unknown): unknown {
    const text = JSON.stringify(value ?? null);
    this.#bytes += text.length;
    if (this.#bytes > mostCopiedBytes || tooDeepBracket(text) !== undefined) throw new JsonPatchFailure();
    return JSON.parse(text);
  }
}

function applyOperation(document: Container, operation: Operation, touched: Set<unknown>, copies: Copies): Container {
  const path = pathOf(operation, "path");
  const place = (at: string): Place => find(document, at, touched);
  switch (operation.op) {
    case "add":
      add(place(path), givenValue(operation));
      return document;
    case "remove":
      remove(place(path));
      return document;
    case "replace":
      return replace(document, path, operation, touched);
    case "move": {
      const from = place(pathOf(operation, "from"));
      const value = get(from);
      remove(from);
      add(place(path), value);
      return document;
    }
    case "copy":
      add(place(path), copies.of(get(place(pathOf(operation, "from")))));
      return document;
    case "test": {
      const value = path === "" ? document : get(place(path));
      if (!sameJson(value ?? null, operation.value ?? null)) throw new JsonPatchFailure();
      return document;
    }
    default:
      throw new JsonPatchFailure();
  }
}

/** The object or list that holds what a path names, and by which key. */
interface Place {
  readonly container: Container;
  readonly key: string;
}

function find(document: Container, path: string, touched: Set<unknown>): Place {
  const steps = path.split("/");
  if (steps.length < 2) throw new JsonPatchFailure();
  let container = document;
  for (const part of steps.slice(1, -1)) {
    const next = get({ container, key: unescapeStep(part) });
    if (!isContainer(next)) throw new JsonPatchFailure();
    container = next;
    touched.add(container);
  }
  return { container, key: unescapeStep(steps.at(-1)!) };
}

function get({ container, key }: Place): unknown {
  if (Array.isArray(container)) return container[existingIndex(container, key)];
  return ownField(container, key);
}

function replace(document: Container, path: string, operation: Operation, touched: Set<unknown>): Container {
  const value = givenValue(operation);
  if (path === "") {
    if (!isContainer(value)) throw new JsonPatchFailure();
    touched.add(value);
    return value;
  }
  const { container, key } = find(document, path, touched);
  if (Array.isArray(container)) container[existingIndex(container, key)] = value;
  else setField(container, key, value);
  return document;
}

function add({ container, key }: Place, value: unknown): void {
  if (!Array.isArray(container)) {
    setField(container, key, value ?? null);
    return;
  }
  if (key === "-") {
    container.push(value);
    return;
  }
  const places = container.length + 1;
  const index = integer(key);
  if (index >= places || index < -places) throw new JsonPatchFailure();
  container.splice(index < 0 ? index + places : index, 0, value);
}

function remove({ container, key }: Place): void {
  if (Array.isArray(container)) {
    container.splice(existingIndex(container, key), 1);
  } else {
    if (!Object.hasOwn(container, key)) throw new JsonPatchFailure();
    delete container[key];
  }
}

function pathOf(operation: Operation, field: "path" | "from"): string {
  const path = operation[field];
  if (typeof path !== "string") throw new JsonPatchFailure();
  return path;
}

function givenValue(operation: Operation): unknown {
  return plainCopy(operation.value ?? null);
}

function existingIndex(list: readonly unknown[], key: string): number {
  const index = integer(key);
  if (index >= list.length || index < -list.length) throw new JsonPatchFailure();
  return index < 0 ? index + list.length : index;
}

function integer(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new JsonPatchFailure();
  return Number(text);
}

function unescapeStep(text: string): string {
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

/** Equal as JSON: keys in any order. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) {
    const other = b as unknown[];
    return a.length === other.length && a.every((item, i) => sameJson(item, other[i]));
  }
  const other = b as Record<string, unknown>;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && sameJson(a[key], other[key]));
}
