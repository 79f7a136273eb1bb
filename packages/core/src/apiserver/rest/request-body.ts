import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { StatusError } from "../../runtime/errors.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { jsonTypeOf } from "../patch/go-text.ts";
import { jsonSyntaxError } from "./go-json-syntax.ts";
import { tooDeepBracket } from "./json-depth.ts";
import { doubledFields, oddNumbers, wellFormed } from "./json-text.ts";
import { badRequest } from "./refusals.ts";
import type { RestRequest } from "./request.ts";

/** A JSON object that was sent. */
export interface RequestBody {
  readonly value: PlainObject;
  /** `duplicate field "metadata"`; of a field that stands twice the last one counts. */
  readonly doubled: readonly string[];
  /** How numbers are written that are not written as integers are, by path. */
  readonly literals: ReadonlyMap<string, string>;
}

/** @throws StatusError BadRequest for what is no JSON object, UnsupportedMediaType */
export function readObjectBody(request: RestRequest, kind: string): RequestBody {
  const text = request.body ?? "";
  requireJson(request);
  const wrong = bodyComplaint(text);
  if (wrong !== undefined) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): ${wrong} (${bodySummary(utf8ToBytes(text), text)})`,
    );
  }
  const value = (JSON.parse(wellFormed(text)) ?? {}) as PlainObject;
  return { value, doubled: doubledFields(text), literals: oddNumbers(text) };
}

/** What is wrong with a body before its fields are looked at; undefined for nothing. */
export function bodyComplaint(text: string): string | undefined {
  const prefix = "couldn't get version/kind; json parse error: ";
  const bracket = tooDeepBracket(text);
  if (bracket !== undefined) return `${prefix}invalid character '${bracket}' exceeded max depth`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return prefix + jsonSyntaxError(text);
  }
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    const struct = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
    return `${prefix}json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${struct}`;
  }
  for (const field of ["apiVersion", "kind"]) {
    const given = (value as Record<string, unknown>)[field];
    if (given === undefined || given === null || typeof given === "string") continue;
    return `${prefix}json: cannot unmarshal ${jsonTypeOf(given)} into Go struct field .${field} of type string`;
  }
  const version = ((value as Record<string, unknown>).apiVersion as string | null | undefined) ?? "";
  return version.split("/").length > 2 ? `unexpected GroupVersion string: ${version}` : undefined;
}

const accepted = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/** No content type is JSON's. The transport turns others that it knows into JSON. */
export function requireJson({ headers }: RestRequest): void {
  const type = headers["content-type"] ?? "";
  if (type === "" || mediaTypeOf(type) === "application/json") return;
  throw new StatusError(
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

/** Go's mime.ParseMediaType; undefined where a parameter is none, or another one than before. */
export function mediaTypeOf(contentType: string): string | undefined {
  const [type = "", ...parameters] = contentType.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((part) => part.trim());
  const known = new Map<string, string>();
  for (const [i, parameter] of parameters.entries()) {
    // A last semicolon may stand for nothing.
    if (parameter === "" && i === parameters.length - 1) continue;
    const [, name = "", value = ""] =
      /^([!#$%&'*+.^_`|~\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[!#$%&'*+.^_`|~\w-]+)$/.exec(parameter) ?? [];
    if (name === "" || (known.get(name.toLowerCase()) ?? value) !== value) return undefined;
    known.set(name.toLowerCase(), value);
  }
  return type.toLowerCase();
}

const summaryBytes = 30;

/**
 * The beginning of a body, as messages show it (apiserver pkg/endpoints/handlers/rest.go, summarizeData).
 *
 * @param text the body as UTF-8
 */
export function bodySummary(body: Uint8Array, text: string): string {
  if (body.length === 0) return "<empty>";
  const shown = text.startsWith("{") ? startOf(text) : bytesToHex(body.subarray(0, summaryBytes));
  return body.length > summaryBytes ? `${shown} ...` : shown;
}

/** Of a character that is cut, each byte stands for itself. */
function startOf(text: string): string {
  let shown = "";
  let room = summaryBytes;
  for (const character of text) {
    const { length } = utf8ToBytes(character);
    if (length > room) return shown + "\ufffd".repeat(room);
    shown += character;
    room -= length;
  }
  return shown;
}
