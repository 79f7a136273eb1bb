import { serverNameText } from "../conf/directives.ts";
import type { Server } from "../model/configuration.ts";

/** How a name of `server_name` is looked up. */
export type ServerName =
  /** The whole host; a host that ends in `.` and this; one that begins with this and `.`. */
  | { readonly kind: "exact" | "leading" | "trailing"; readonly text: string }
  /** One label of letters, digits, `-` and `_` before `.` and this: what a wildcard of a rule becomes. */
  | { readonly kind: "label"; readonly text: string }
  | { readonly kind: "pattern"; readonly text: string };

/** The names of a server (src/http/ngx_http_core_module.c `ngx_http_core_server_name`). */
export function serverNames({ hostname, aliases }: Server): readonly ServerName[] {
  const own: ServerName[] = hostname.startsWith("*.")
    ? [{ kind: "label", text: hostname.slice(2) }]
    : nameOf(serverNameText(hostname));
  return [...own, ...aliases.flatMap(nameOf)];
}

function nameOf(name: string): ServerName[] {
  if (name.startsWith("~")) return [{ kind: "pattern", text: name.replace(/^~\*?/, "") }];
  const lower = name.toLowerCase();
  if (lower.startsWith("*.")) return [{ kind: "leading", text: lower.slice(2) }];
  if (lower.endsWith(".*")) return [{ kind: "trailing", text: lower.slice(0, -2) }];
  if (!lower.startsWith(".")) return [{ kind: "exact", text: lower }];
  const text = lower.slice(1);
  return [
    { kind: "exact", text },
    { kind: "leading", text },
  ];
}
