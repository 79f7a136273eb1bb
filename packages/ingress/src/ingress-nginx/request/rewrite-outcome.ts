import { nginxVariable } from "./hash-key.ts";
import type { NginxLocation } from "./location-table.ts";
import type { RequestContext } from "./request-context.ts";
import { escapeArguments, escapeUri } from "./request-target.ts";

/** What the rewrite of a location makes of a request. */
export type RewriteOutcome =
  /** The target that the endpoint is asked for. */
  | { readonly kind: "url"; readonly url: string }
  /** The new target is a URL of its own: the client is sent there. */
  | { readonly kind: "redirect"; readonly location: string }
  /** Nothing is left of the path, which nginx takes for a mistake of its own. */
  | { readonly kind: "empty" };

const absolute = /^(?:https?:\/\/|\$scheme)/;

/**
 * src/http/ngx_http_script.c `ngx_http_script_regex_start_code`, `ngx_http_script_regex_end_code`: the first place where the
 * pattern is found gives `$1` to `$9`, and the whole path becomes the target. The query stays. undefined where the location rewrites
 * nothing, or the pattern is not found.
 */
export function rewriteOutcome(context: RequestContext, { rewrite }: NginxLocation): RewriteOutcome | undefined {
  const { target } = context;
  const match = rewrite?.pattern.exec(target.uri);
  if (rewrite === undefined || match === undefined) return undefined;
  const isRedirect = absolute.test(rewrite.target);
  const escaped = isRedirect && target.isQuoted ? escapeArguments : (text: string) => text;
  const path = rewrite.target.replace(/\$(?:([1-9])|([A-Za-z0-9_]+))/g, (_, group: string | undefined, name: string) =>
    group === undefined ? (nginxVariable(context, name.toLowerCase()) ?? "") : escaped(match[Number(group)] ?? ""),
  );
  const args = target.args === undefined || target.args === "" ? "" : `?${target.args}`;
  if (isRedirect) return { kind: "redirect", location: `${path}${args}` };
  if (path === "") return { kind: "empty" };
  return { kind: "url", url: `${target.isQuoted ? escapeUri(path) : path}${args}` };
}
