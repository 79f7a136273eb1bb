import type { FieldPath, Plain, PlainObject } from "../manifest/manifest-document.ts";

/** Fields that the API server fills in from another one beside them. */
const origins: Readonly<Record<string, string>> = { clusterIPs: "clusterIP", targetPort: "port" };

/**
 * The field that the user wrote where a refused one was filled in from it: `spec.clusterIP` for `spec.clusterIPs[0]`.
 * Any other path comes back as it is.
 */
export function writtenField(object: PlainObject, path: FieldPath): FieldPath {
  let value: Plain | undefined = object;
  for (const [i, step] of path.entries()) {
    if (typeof value !== "object" || value === null) return path;
    const fields = value as Readonly<Record<string | number, Plain | undefined>>;
    const origin = Object.hasOwn(origins, step) ? origins[step] : undefined;
    if (fields[step] === undefined && origin !== undefined && fields[origin] !== undefined) {
      return [...path.slice(0, i), origin];
    }
    value = fields[step];
  }
  return path;
}
