import type { PlainObject } from "../manifest/manifest-document.ts";

/** Decoding drops an empty list; one of managers says that all are to be forgotten, so it is kept. */
export function keepEmptyEntries(decoded: PlainObject, given: unknown): PlainObject {
  const metadata = (given as { metadata?: { managedFields?: unknown } } | undefined)?.metadata;
  const entries = metadata?.managedFields;
  if (!Array.isArray(entries) || entries.length > 0) return decoded;
  return { ...decoded, metadata: { ...(decoded.metadata as PlainObject), managedFields: [] } };
}
