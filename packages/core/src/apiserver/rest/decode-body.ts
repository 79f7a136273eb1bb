import type { ApiObject, Kind } from "../../model/api-object.ts";
import { decodeObject } from "../decode/decode-object.ts";
import { kinds } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { badRequest } from "./refusals.ts";
import type { WriteOptions } from "./write-options.ts";

export interface DecodedBody {
  readonly draft: Draft<ApiObject>;
  /** Of unknown fields, where they are asked to be warned of. */
  readonly warnings: readonly string[];
}

/**
 * The object of a body, as the API server decodes it for a kind.
 *
 * @throws StatusError BadRequest for another kind or version, a wrong type, or (strict) an unknown field.
 */
export function decodeBody(body: PlainObject, kind: Kind, validation: WriteOptions["fieldValidation"]): DecodedBody {
  const { apiVersion, struct, version } = kinds[kind];
  requireKind(body, kind, apiVersion);
  const { object, wrongType, unknownFields } = decodeObject(body, struct);
  const prefix = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: `;
  if (wrongType !== undefined) throw badRequest(prefix + wrongType.message);
  const unknown = unknownFields.map(({ message }) => message);
  if (unknown.length > 0 && validation === "Strict") {
    throw badRequest(`${prefix}strict decoding error: ${unknown.join(", ")}`);
  }
  const draft = { ...object, apiVersion, kind } as unknown as Draft<ApiObject>;
  draft.metadata ??= {} as Draft<ApiObject>["metadata"];
  return { draft, warnings: validation === "Warn" ? unknown : [] };
}

/** A body may leave its type out; it is then that of the path. */
function requireKind(body: PlainObject, kind: Kind, apiVersion: string): void {
  const givenKind = body.kind ?? kind;
  const givenVersion = body.apiVersion ?? apiVersion;
  if (givenKind !== kind) {
    throw badRequest(`the kind in the data (${String(givenKind)}) does not match the expected kind (${kind})`);
  }
  if (givenVersion !== apiVersion) {
    throw badRequest(
      `the API version in the data (${String(givenVersion)}) does not match the expected API version (${apiVersion})`,
    );
  }
}
