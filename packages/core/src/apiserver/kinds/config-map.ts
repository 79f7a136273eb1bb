import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { ConfigMap } from "../../model/config-map.ts";
import { base64Length } from "../../runtime/base64.ts";
import { type FieldError, forbidden, invalid, tooLong } from "../validate/field-error.ts";
import { configMapKey, dnsSubdomain } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

const maxBytes = 1024 * 1024;

export const configMapRules: KindRules<ConfigMap> = {
  checkName: dnsSubdomain,
  setDefaults: () => {},
  validate: (map, before) => [...validateData(map), ...(before === undefined ? [] : immutableErrors(map, before))],
};

function validateData(map: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const field of ["data", "binaryData"] as const) {
    for (const [key, value] of Object.entries(map[field] ?? {})) {
      errors.push(...configMapKey(key).map((text) => invalid(`${field}[${key}]`, key, text)));
      if (field === "data" && map.binaryData?.[key] !== undefined)
        errors.push(invalid(`data[${key}]`, key, "duplicate of key present in binaryData"));
      size += field === "data" ? utf8ToBytes(value).length : base64Length(value);
    }
  }
  if (size > maxBytes) errors.push(tooLong("[]", `may not be more than ${maxBytes} bytes`));
  return errors;
}

function immutableErrors(map: ConfigMap, before: ConfigMap): FieldError[] {
  if (before.immutable !== true) return [];
  const detail = "field is immutable when `immutable` is set";
  const changed = (field: "data" | "binaryData"): boolean =>
    JSON.stringify(map[field]) !== JSON.stringify(before[field]);
  return [
    ...(map.immutable === true ? [] : [forbidden("immutable", detail)]),
    ...(changed("data") ? [forbidden("data", detail)] : []),
    ...(changed("binaryData") ? [forbidden("binaryData", detail)] : []),
  ];
}
