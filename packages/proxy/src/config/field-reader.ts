import type {
  FieldPath,
  ManifestDocument,
  Plain,
  PlainObject,
} from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { parseGoDuration } from "./go-duration.ts";

/**
 * Reads fields of a document by path, as Go's decoder would: a missing or null field is its zero value, undefined here; a
 * field of another type is a `ParseError` with its position.
 */
export class FieldReader {
  readonly #document: ManifestDocument;

  constructor(document: ManifestDocument) {
    this.#document = document;
  }

  text(...path: FieldPath): string | undefined {
    const value = this.#at(path);
    return value === undefined || typeof value === "string" ? value : this.#refuse(path, "a string");
  }

  boolean(...path: FieldPath): boolean | undefined {
    const value = this.#at(path);
    return value === undefined || typeof value === "boolean" ? value : this.#refuse(path, "true or false");
  }

  integer(...path: FieldPath): number | undefined {
    const value = this.#at(path);
    if (value === undefined) return undefined;
    const isInt32 = Number.isInteger(value) && ((value as number) | 0) === value;
    return isInt32 ? (value as number) : this.#refuse(path, "an integer of 32 bits");
  }

  /** Seconds of a `metav1.Duration`; 0 when missing. */
  seconds(...path: FieldPath): number {
    const seconds = parseGoDuration(this.text(...path) || "0");
    return seconds ?? this.#refuse(path, "a duration such as 30s or 1h30m");
  }

  texts(...path: FieldPath): readonly string[] {
    const value = this.#at(path);
    if (value === undefined) return [];
    const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
    return isList ? (value as readonly string[]) : this.#refuse(path, "a list of strings");
  }

  booleans(...path: FieldPath): Readonly<Record<string, boolean>> {
    const value = this.#at(path);
    if (value === undefined) return {};
    const isMap = typeof value === "object" && Object.values(value!).every((item) => typeof item === "boolean");
    return isMap ? (value as Readonly<Record<string, boolean>>) : this.#refuse(path, "a map of true and false");
  }

  /** The fields of an object, those that are null too; none when it is missing. */
  fields(...path: FieldPath): PlainObject {
    const value = this.#at(path);
    if (value === undefined) return {};
    return typeof value === "object" && !Array.isArray(value)
      ? (value as PlainObject)
      : this.#refuse(path, "an object");
  }

  /** What stands there, whatever it is; undefined when it is missing or null. */
  at(...path: FieldPath): Plain | undefined {
    return this.#at(path);
  }

  #at(path: FieldPath): Plain | undefined {
    let value: Plain | undefined = this.#document.object;
    for (const [depth, step] of path.entries()) {
      if (typeof value !== "object" || Array.isArray(value)) this.#refuse(path.slice(0, depth), "an object");
      value = (value as Readonly<Record<string, Plain>>)[step] ?? undefined;
      if (value === undefined) return undefined;
    }
    return value;
  }

  #refuse(path: FieldPath, expected: string): never {
    throw new ParseError(`${this.#document.kind}.${path.join(".")}: must be ${expected}`, {
      position: this.#document.positionOf(path),
    });
  }
}
