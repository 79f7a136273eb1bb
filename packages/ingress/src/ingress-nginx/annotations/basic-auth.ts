import type { Secret } from "@kubenetsim/core/model/secret";
import { bytesOfBase64 } from "@kubenetsim/core/runtime/base64";
import { byteText } from "../../certificate/distinguished-name.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { AnnotationProblem, isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { basicCharacters, charactersWithSpace, matching } from "./value-checks.ts";

/** Users and passwords that a location asks for. */
export interface BasicAuth {
  /** `basic` or `digest`. */
  readonly type: string;
  readonly realm: string;
  /** namespace/name of the Secret with the users. */
  readonly secret: string;
  readonly secretType: string;
  /** Lines of `user:password` as nginx reads them; one character for each byte. */
  readonly users: string;
}

const authType = /basic|digest/;

export const basicAuthFields: AnnotationFields = {
  "auth-secret": { check: matching(basicCharacters, { withoutSpaces: true }), risk: "Medium" },
  "auth-secret-type": { check: matching(/auth-file|auth-map/, { withoutSpaces: true }), risk: "Low" },
  "auth-realm": { check: matching(charactersWithSpace), risk: "Medium" },
  "auth-type": { check: matching(authType, { withoutSpaces: true }), risk: "Low" },
};

const denied = (why: string): AnnotationProblem => new AnnotationProblem("denied", why);

/** internal/ingress/annotations/auth: without its Secret the location is denied to all. */
export function parseBasicAuth(
  reader: AnnotationReader,
  { secretOf, settings }: { secretOf(key: string): Secret | undefined; readonly settings: NginxSettings },
): BasicAuth | AnnotationProblem {
  const type = reader.text("auth-type");
  if (isProblem(type)) return type;
  const secretType = reader.text("auth-secret-type");
  if (isProblem(secretType) && secretType.kind === "validation") return secretType;
  const reference = reader.text("auth-secret");
  if (isProblem(reference)) return denied(`error reading secret name from annotation: ${reference.message}`);
  const parts = reference.split("/");
  if (parts.length > 2) {
    return denied(`error reading secret name from annotation: unexpected key format: ${JSON.stringify(reference)}`);
  }
  const namespace = reader.ingress.metadata.namespace ?? "";
  const owner = parts.length === 2 && parts[0] !== "" ? parts[0]! : namespace;
  if (!settings.allowCrossNamespaceResources && owner !== namespace) {
    return denied("cross namespace usage of secrets is not allowed");
  }
  const key = `${owner}/${parts.at(-1)!}`;
  const secret = secretOf(key);
  if (secret === undefined) {
    return denied(`unexpected error reading secret ${key}: no object matching key "${key}" in local store`);
  }
  const realm = reader.text("auth-realm");
  if (isProblem(realm) && realm.kind === "validation") return realm;
  if (valueOr(secretType, "auth-file") === "auth-file" && secret.data?.auth === undefined) {
    return denied(`the secret ${secret.metadata.name} does not contain a key with value auth`);
  }
  const kind = valueOr(secretType, "auth-file");
  return { type, realm: valueOr(realm, ""), secret: key, secretType: kind, users: usersOf(secret.data ?? {}, kind) };
}

function usersOf(data: Readonly<Record<string, string>>, kind: string): string {
  const textOf = (encoded = ""): string => byteText(bytesOfBase64(encoded) ?? new Uint8Array());
  if (kind === "auth-file") return textOf(data.auth);
  return Object.entries(data)
    .map(([user, password]) => `${user}:${textOf(password)}\n`)
    .join("");
}
