import { jsonTypeOf } from "../patch/go-text.ts";
import { jsonSyntaxError } from "./go-json-syntax.ts";
import { tooDeepBracket } from "./json-depth.ts";
import { badRequest } from "./refusals.ts";

/** Where a list goes on: behind a key of etcd, as of a revision. */
export interface ListPosition {
  /** Of the collection; -1 for the newest. */
  readonly revision: number;
  /** The first key that may follow. */
  readonly start: string;
}

/** What `metadata.continue` holds (apiserver pkg/storage/continue.go): JSON in unpadded URL-safe base64. */
export function continueToken(revision: number, lastKey: string): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: `${lastKey}\0` });
  return toBase64(json);
}

/** @throws StatusError BadRequest */
export function readContinueToken(token: string): ListPosition {
  const json = fromBase64(token);
  const bracket = tooDeepBracket(json);
  if (bracket !== undefined) throw invalidToken(`: invalid character '${bracket}' exceeded max depth`);
  let value: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    value = JSON.parse(json);
  } catch {
    throw invalidToken(`: ${jsonSyntaxError(json)}`);
  }
  requireFields(value);
  const { v = "", rv = 0, start = "" } = value ?? {};
  if (v !== "meta.k8s.io/v1") throw invalidToken(`: server does not recognize this encoded version ${String(v)}`);
  if (typeof rv !== "number" || rv === 0) {
    throw invalidToken(": incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  }
  if (typeof start !== "string" || start === "") {
    throw invalidToken(": encoded start key empty (version meta.k8s.io/v1)");
  }
  const key = start.startsWith("/") ? start.slice(1) : start;
  // A key that climbs out of its collection.
  if (key.split("/").some((step) => step === "" || step === "." || step === "..")) throw invalidToken(`: ${start}`);
  return { revision: rv, start: key };
}

/** As Go reads the struct. @throws StatusError BadRequest */
function requireFields(value: unknown): void {
  if (value === null) return;
  if (typeof value !== "object" || Array.isArray(value)) {
    throw invalidToken(`: json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type storage.continueToken`);
  }
  for (const [field, type] of [
    ["v", "string"],
    ["rv", "int64"],
    ["start", "string"],
  ] as const) {
    const given = (value as Readonly<Record<string, unknown>>)[field];
    if (given === undefined || given === null) continue;
    if (type === "int64" ? Number.isSafeInteger(given) : typeof given === type) continue;
    const found = type === "int64" && typeof given === "number" ? `number ${given}` : jsonTypeOf(given);
    throw invalidToken(`: json: cannot unmarshal ${found} into Go struct field continueToken.${field} of type ${type}`);
  }
}

function invalidToken(detail: string): Error {
  return badRequest(`invalid continue token: continue key is not valid${detail}`);
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Names of objects are ASCII. */
function toBase64(text: string): string {
  const bytes = Array.from(text, (char) => char.charCodeAt(0));
  let result = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3);
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const letters = b === undefined ? 2 : c === undefined ? 3 : 4;
    for (let i = 0; i < letters; i++) result += alphabet[(word >> (18 - 6 * i)) & 63];
  }
  return result;
}

function fromBase64(token: string): string {
  let text = "";
  let word = 0;
  let bits = 0;
  for (let at = 0; at < token.length; at++) {
    const digit = alphabet.indexOf(token[at]!);
    if (digit < 0) throw invalidToken(`: illegal base64 data at input byte ${at}`);
    word = ((word << 6) | digit) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    text += String.fromCharCode((word >> bits) & 255);
  }
  if (token.length % 4 === 1) throw invalidToken(`: illegal base64 data at input byte ${token.length - 1}`);
  return text;
}
