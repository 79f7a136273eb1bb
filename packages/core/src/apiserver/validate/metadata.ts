import type { Labels, ObjectMeta } from "../../model/object-meta.ts";
import { type FieldError, invalid, notNegative, required, tooLong } from "./field-error.ts";
import { dnsLabel, labelValueErrors, qualified } from "./names.ts";
import { validateOwnerReferences } from "./owner-references.ts";

/** All annotations of an object together, in bytes. */
const maxAnnotationBytes = 256 * 1024;

/** Names, labels and annotations (apimachinery pkg/api/validation ValidateObjectMeta). */
export function validateMetadata(
  metadata: ObjectMeta,
  namespaced: boolean,
  checkName: (name: string) => readonly string[],
): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.generateName !== undefined) {
    // A generated name ends in random letters, so a trailing dash is well.
    const shape = metadata.generateName.replace(/-$/, "a");
    errors.push(...checkName(shape).map((text) => invalid("metadata.generateName", metadata.generateName, text)));
  }
  if (!metadata.name) errors.push(required("metadata.name", "name or generateName is required"));
  else errors.push(...checkName(metadata.name).map((text) => invalid("metadata.name", metadata.name, text)));
  if (namespaced && metadata.namespace !== undefined) {
    errors.push(...dnsLabel(metadata.namespace).map((text) => invalid("metadata.namespace", metadata.namespace, text)));
  }
  errors.push(...notNegative("metadata.generation", metadata.generation));
  errors.push(...validateLabels(metadata.labels, "metadata.labels"));
  errors.push(...validateAnnotations(metadata.annotations, "metadata.annotations"));
  errors.push(...validateOwnerReferences(metadata.ownerReferences ?? [], "metadata.ownerReferences"));
  errors.push(
    ...(metadata.finalizers ?? []).flatMap((name) =>
      qualified(name).map((text) => invalid("metadata.finalizers", name, text)),
    ),
  );
  errors.push(...validateFinalizerNames(metadata.finalizers ?? []));
  return errors;
}

/** A finalizer has a prefix, or is one of Kubernetes' own. */
function validateFinalizerNames(finalizers: readonly string[]): FieldError[] {
  const own = ["kubernetes", "orphan", "foregroundDeletion"];
  return finalizers.flatMap((name, i) =>
    name.includes("/") || own.includes(name)
      ? []
      : [
          invalid(
            `metadata.finalizers[${i}]`,
            name,
            "name is neither a standard finalizer name nor is it fully qualified",
          ),
        ],
  );
}

export function validateLabels(labels: Labels | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels ?? {})) {
    if (isPlainLabel(key) && isPlainLabel(labels![key]!)) continue;
    errors.push(...qualified(key).map((text) => invalid(path, key, text)));
    errors.push(...labelValueErrors(labels![key]!).map((text) => invalid(path, labels![key], text)));
  }
  return errors;
}

/** Nearly all labels are plain words; they pass without a closer look. */
function isPlainLabel(text: string): boolean {
  return text.length <= 63 && /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(text);
}

export function validateAnnotations(annotations: Labels | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...qualified(key.toLowerCase()).map((text) => invalid(path, key, text)));
    size += key.length + value.length;
  }
  if (size > maxAnnotationBytes) errors.push(tooLong(path, `may not be more than ${maxAnnotationBytes} bytes`));
  return errors;
}
