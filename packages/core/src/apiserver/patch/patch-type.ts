import { StatusError } from "../../runtime/errors.ts";

/** The ways to change an object by a patch. */
export type PatchType = "json" | "merge" | "strategic" | "apply";

const types: Readonly<Record<string, PatchType>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

/** @throws StatusError UnsupportedMediaType for any other content type */
export function readPatchType(contentType: string | undefined): PatchType {
  const [mediaType = ""] = (contentType ?? "").split(";", 1);
  if (Object.hasOwn(types, mediaType)) return types[mediaType]!;
  throw new StatusError("UnsupportedMediaType", "415: Unsupported Media Type", { subject: {} });
}
