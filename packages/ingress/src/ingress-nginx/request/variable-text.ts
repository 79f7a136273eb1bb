import { compilePcre } from "../conf/pcre/pcre.ts";
import { nginxVariable } from "./hash-key.ts";
import { byteText, type NginxLocation } from "./location-table.ts";
import type { RequestContext } from "./request-context.ts";

const piece = /\$(?:([1-9])|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g;

/**
 * A value of nginx.conf with its variables in their places (src/http/ngx_http_script.c `ngx_http_script_compile`). `$1` to `$9` are what
 * the location's regular expression caught, or the label that a wildcard host's did.
 *
 * @throws UnsupportedError for a variable that is not modelled
 */
export function variableText(context: RequestContext, text: string, hostname: string, chosen?: NginxLocation): string {
  if (!text.includes("$")) return text;
  return text.replace(piece, (_, group: string | undefined, braced: string | undefined, plain: string | undefined) => {
    if (group !== undefined) return caughtBy(context, hostname, chosen)[Number(group)] ?? "";
    return nginxVariable(context, (braced ?? plain)!.toLowerCase()) ?? "";
  });
}

function caughtBy(
  { target, host }: RequestContext,
  hostname: string,
  chosen: NginxLocation | undefined,
): readonly (string | undefined)[] {
  if (chosen?.match.startsWith("~* ")) return compilePcre(`^${byteText(chosen.location.path)}`)?.exec(target.uri) ?? [];
  return hostname.startsWith("*.") ? [host, host.split(".")[0]] : [];
}
