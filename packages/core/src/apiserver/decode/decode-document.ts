import type { ApiObject, Kind } from "../../model/api-object.ts";
import { StatusError } from "../../runtime/errors.ts";
import type { Draft } from "../draft.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { nearestWord } from "../nearest-word.ts";
import { type DecodeProblem, decodeObject, type WrongType } from "./decode-object.ts";
import { kinds } from "./kinds.ts";

/**
 * The object of a document, as the API server decodes it with strict field validation.
 *
 * @param spec its specification, where it is known what that decodes to
 * @throws StatusError of reason BadRequest for a wrong type or an unknown field.
 */
export function decodeDocument(document: ManifestDocument, kind: Kind, spec?: Draft<object>): Draft<ApiObject> {
  const { struct, apiVersion } = kinds[kind];
  const given = spec === undefined ? document.object : { ...document.object, spec: {} };
  const { object, wrongType, unknownFields } = decodeObject(given, struct);
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const prefix = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: `;
  const refuse = (message: string, problem: DecodeProblem, hint: string): StatusError =>
    new StatusError("BadRequest", prefix + message, { position: document.positionOf(problem.path), hint });
  if (wrongType !== undefined) throw refuse(wrongType.message, wrongType, typeHint(wrongType));
  const unknown = unknownFields[0];
  if (unknown !== undefined) {
    const list = unknownFields.map((problem) => problem.message).join(", ");
    throw refuse(`strict decoding error: ${list}`, unknown, fieldHint(unknown.path.at(-1), unknown.candidates));
  }
  const draft = object as unknown as Draft<ApiObject>;
  // In its place among the fields.
  if (spec !== undefined) (draft as { spec?: object }).spec = spec;
  draft.metadata ??= {} as Draft<ApiObject>["metadata"];
  return draft;
}

function typeHint({ message, expected }: WrongType): string {
  switch (expected) {
    case "struct":
    case "map":
      return "an object is expected here: a mapping of fields, indented below";
    case "list":
      return 'a list is expected here: begin each item with "- "';
    case "string":
      if (/(number|bool)( \S+)? into /.test(message)) return "put the value in quotes";
      break;
    case "int32":
    case "int64":
    case "float64":
      if (message.includes("string into ")) return "write the number without quotes";
  }
  return "the field has another type; kubectl explain shows it";
}

function fieldHint(name: unknown, candidates: readonly string[]): string {
  const near = nearestWord(String(name), candidates);
  return near === undefined ? `known here are ${candidates.join(", ")}` : `did you mean ${near}?`;
}
