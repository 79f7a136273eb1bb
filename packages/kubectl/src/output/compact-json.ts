import type { Plain } from "@kubenetsim/core/apiserver/manifest/manifest-document";

/** A value as Go's `json.Marshal` writes it: in one line, with what would mean something in HTML escaped. */
export function compactJson(value: Plain): string {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped);
}
