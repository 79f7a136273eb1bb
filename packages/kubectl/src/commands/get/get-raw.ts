import { unexpected } from "../../client/rest-client.ts";
import { ServerError } from "../../client/server-error.ts";
import { failure } from "../../command-error.ts";
import type { CommandRun } from "../command.ts";

/** `kubectl get --raw /version`: the answer as the server sends it (pkg/rawhttp). */
export function getRaw({ args, flags, session }: CommandRun): void {
  if (args.length > 0) throw failure("arguments may not be passed when --raw is specified");
  if (flags.flag("watch") || flags.flag("watch-only") || flags.text("selector") !== "") {
    throw failure("--raw may not be specified with other flags that filter the server request or alter the output");
  }
  if (flags.text("output") !== "") throw failure("--raw and --output are mutually exclusive");
  const raw = flags.text("raw");
  if (!/^(\/|[a-zA-Z][a-zA-Z\d+.-]*:)/.test(raw)) {
    throw failure(`--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`);
  }
  const { path, query } = readUri(raw);
  const { body, code, contentType } = session.client.answer("GET", path, { query });
  if (code >= 400) throw typeof body === "string" ? unexpected(code, contentType) : new ServerError(body);
  session.write(typeof body === "string" ? body : `${JSON.stringify(body)}\n`);
}

function readUri(raw: string): { path: string; query: Record<string, string> } {
  const local = raw.replace(/^[a-zA-Z][a-zA-Z\d+.-]*:\/\/[^/?]*/, "").replace(/#.*$/, "");
  const [path = "", ...query] = local.split("?");
  const pairs = query
    .join("?")
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => pair.split("=").map((part) => decodeURIComponent(part.replaceAll("+", " "))));
  return {
    path: decodeURIComponent(path),
    query: Object.fromEntries(pairs.map(([key = "", ...value]) => [key, value.join("=")])),
  };
}
