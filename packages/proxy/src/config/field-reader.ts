import type { FieldPath, ManifestDocument, Plain } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { parseGoDuration } from "./go-duration.ts";

/**
 * Reads fields by path of a document that has been decoded strictly: each has its type, a missing or null one is undefined
 * here, and in a list or map the zero value.
 */
export class FieldReader {
  readonly #document: ManifestDocument;

  constructor(document: ManifestDocument) {
    this.#document = document;
  }

  text(...path: FieldPath): string | undefined {
    return this.at(...path) as string | undefined;
  }

  boolean(...path: FieldPath): boolean | undefined {
    return this.at(...path) as boolean | undefined;
  }

  integer(...path: FieldPath): number | undefined {
    return this.at(...path) as number | undefined;
  }

  /** Seconds of a `metav1.Duration`; 0 when missing. */
  seconds(...path: FieldPath): number {
    return parseGoDuration(this.text(...path) ?? "0") as number;
  }

  texts(...path: FieldPath): readonly string[] {
    const list = (this.at(...path) ?? []) as readonly (string | null)[];
    return list.map((item) => item ?? "");
  }

  booleans(...path: FieldPath): Readonly<Record<string, boolean>> {
    const map = (this.at(...path) ?? {}) as Readonly<Record<string, boolean | null>>;
    return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, value ?? false]));
  }

  /** What stands there, whatever it is; undefined when it is missing or null. */
  at(...path: FieldPath): Plain | undefined {
    let value: Plain | undefined = this.#document.object;
    for (const step of path) {
      value = (value as Readonly<Record<string, Plain>>)[step] ?? undefined;
      if (value === undefined) return undefined;
    }
    return value;
  }
}
