import type { SourcePosition } from "../../runtime/errors.ts";

/** What JSON can hold, and integers beyond 2^53 as bigint, since Kubernetes keeps all 64 bits. */
export type Plain = null | boolean | number | bigint | string | readonly Plain[] | PlainObject;
export interface PlainObject {
  readonly [field: string]: Plain;
}

export type FieldPath = readonly (string | number)[];

/** Where the fields of an object stand in its text. */
export interface ObjectPlace {
  /** Where a field stands; where it does not, the nearest thing around it. Read again when asked. */
  positionOf(path: FieldPath): SourcePosition;
}

/** One object of a manifest. */
export interface ManifestDocument extends ObjectPlace {
  readonly object: PlainObject;
  readonly apiVersion: string;
  readonly kind: string;
  /** Something the reader noticed and went on: a key that stands twice. */
  readonly warnings: readonly ReadWarning[];
  /** To be kept in the place of the document, which holds the object as it was read. */
  readonly place: ObjectPlace;
}

export interface ReadWarning {
  readonly message: string;
  readonly position: SourcePosition;
}
