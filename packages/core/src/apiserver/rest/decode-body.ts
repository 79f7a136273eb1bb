import type { ApiObject } from "../../model/api-object.ts";
import { decodeObject } from "../decode/decode-object.ts";
import { type BodyKind, infoOf, isBodyKind } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { badRequest } from "./refusals.ts";
import type { RequestBody } from "./request-body.ts";
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
export function decodeBody(
  { value, doubled, literals }: RequestBody,
  kind: BodyKind,
  validation: WriteOptions["fieldValidation"],
): DecodedBody {
  const { apiVersion, struct, version } = infoOf(kind);
  requireKind(value, kind, apiVersion);
  const { object, wrongType, unknownFields } = decodeObject(value, struct, literals);
  const prefix = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: `;
  if (wrongType !== undefined) throw badRequest(prefix + wrongType.message);
  const unknown = [...doubled, ...unknownFields.map(({ message }) => message)];
  if (unknown.length > 0 && validation === "Strict") {
    throw badRequest(`${prefix}strict decoding error: ${unknown.join(", ")}`);
  }
  const draft = { ...object, apiVersion, kind } as unknown as Draft<ApiObject>;
  draft.metadata ??= {} as Draft<ApiObject>["metadata"];
  return { draft, warnings: validation === "Warn" ? unknown : [] };
}

/** A body may leave its type out; it is then that of the path. */
function requireKind(body: PlainObject, kind: BodyKind, apiVersion: string): void {
  const givenKind = (body.kind as string | null | undefined) || kind;
  const givenVersion = (body.apiVersion as string | null | undefined) || apiVersion;
  if (givenKind === kind && givenVersion === apiVersion) return;
  const prefix = `${givenKind} in version ${JSON.stringify(versionOf(givenVersion))} cannot be handled as a ${kind}: `;
  if (isRegistered(givenKind, givenVersion)) {
    throw badRequest(`${prefix}converting (v1.${givenKind}) to (${infoOf(kind).struct}): unknown conversion`);
  }
  const scheme = 'in scheme "pkg/runtime/scheme.go:111"';
  throw badRequest(`${prefix}no kind "${givenKind}" is registered for version "${givenVersion}" ${scheme}`);
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1);
}

/** Lists are kinds, too. */
function isRegistered(kind: string, apiVersion: string): boolean {
  if (kind === "List") return apiVersion === "v1";
  const item = kind.endsWith("List") ? kind.slice(0, -"List".length) : kind;
  return isBodyKind(item) && infoOf(item).apiVersion === apiVersion;
}
