import { noHeaders } from "../../http/http-headers.ts";
import type { NginxSettings } from "../nginx-settings.ts";

const valid = /^[A-Za-z0-9-]+$/;
const validOrUnderscores = /^[A-Za-z0-9_-]+$/;

/**
 * The headers that nginx reads of a request, by their names in small letters: one with other characters in its name is passed over, one
 * with underscores unless `enable-underscores-in-headers` (src/http/ngx_http_parse.c `ngx_http_parse_header_line`).
 */
export function readHeaders(
  sent: Readonly<Record<string, string>>,
  { ignoreInvalidHeaders, enableUnderscoresInHeaders }: NginxSettings,
): Readonly<Record<string, string>> {
  const names = enableUnderscoresInHeaders ? validOrUnderscores : valid;
  const read = noHeaders();
  for (const name in sent) if (!ignoreInvalidHeaders || names.test(name)) read[name.toLowerCase()] = sent[name]!;
  return read;
}
