import type { Secret } from "../../model/secret.ts";
import { base64, base64Length } from "../../runtime/base64.ts";
import type { Draft } from "../draft.ts";
import { setField } from "../own-field.ts";
import { type FieldError, forbidden, invalid, required, tooLong } from "../validate/field-error.ts";
import { configMapKey, dnsSubdomain } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

const maxBytes = 1024 * 1024;

/** pkg/apis/core/validation/validation.go, ValidateSecret. */
export const secretRules: KindRules<Secret> = {
  checkName: dnsSubdomain,
  setDefaults: (secret) => {
    secret.type ??= "Opaque";
    takeTexts(secret);
  },
  validate: (secret, before) => [...(before === undefined ? [] : changeErrors(secret, before)), ...dataErrors(secret)],
};

/** `stringData` is for writing only: it ends up in `data`. */
function takeTexts(secret: Draft<Secret> & { stringData?: Readonly<Record<string, string>> }): void {
  const { stringData } = secret;
  delete secret.stringData;
  if (stringData === undefined) return;
  const data: Record<string, string> = { ...secret.data };
  for (const [key, text] of Object.entries(stringData)) setField(data, key, base64(text));
  secret.data = data;
}

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

function dataErrors({ data = {}, type = "", metadata }: Secret): FieldError[] {
  const errors = Object.keys(data).flatMap((key) =>
    configMapKey(key).map((text) => invalid(`data[${key}]`, key, text)),
  );
  const size = Object.values(data).reduce((sum, text) => sum + base64Length(text), 0);
  if (size > maxBytes) errors.push(tooLong("data", `may not be more than ${maxBytes} bytes`));
  for (const key of requiredKeys[type] ?? []) if (!Object.hasOwn(data, key)) errors.push(required(`data[${key}]`));
  if (type === "kubernetes.io/basic-auth" && !("username" in data) && !("password" in data)) {
    errors.push(required("data[username]"), required("data[password]"));
  }
  if (type === "kubernetes.io/service-account-token") {
    const name = "kubernetes.io/service-account.name";
    if (!metadata.annotations?.[name]) errors.push(required(`metadata.annotations[${name}]`));
  }
  return errors;
}

function changeErrors(secret: Secret, before: Secret): FieldError[] {
  const errors = secret.type === before.type ? [] : [invalid("type", secret.type, "field is immutable")];
  if (before.immutable !== true) return errors;
  const detail = "field is immutable when `immutable` is set";
  if (secret.immutable !== true) errors.push(forbidden("immutable", detail));
  if (JSON.stringify(secret.data) !== JSON.stringify(before.data)) errors.push(forbidden("data", detail));
  return errors;
}
