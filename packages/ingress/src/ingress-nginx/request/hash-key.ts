import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { isKnownVariable } from "../conf/nginx-variables.ts";
import { headerByVariable, type RequestContext } from "./request-context.ts";
import { variableCookie } from "./request-cookies.ts";

const piece = /\\\$[0-9a-zA-Z_]+|\$\{([0-9a-zA-Z_]+)\}|\$([0-9a-zA-Z_]+)|\$|[^$\\]+/g;

/**
 * What an `upstream-hash-by` expression comes to (util.lua `parse_complex_value`, `generate_var_value`). A variable that is not
 * set adds nothing; `\$name` stands for itself.
 *
 * @throws UnsupportedError for a variable that is not modelled.
 */
export function hashKey(context: RequestContext, expression: string): string {
  return [...expression.matchAll(piece)]
    .map(([text, braced, plain]) => {
      const name = braced ?? plain;
      return name === undefined ? text : (nginxVariable(context, name.toLowerCase()) ?? "");
    })
    .join("");
}

/** A variable of nginx's, by its name in small letters; undefined for one that is not set. @throws UnsupportedError */
export function nginxVariable(context: RequestContext, name: string): string | undefined {
  const { request, target, host, scheme, remoteAddress, ports } = context;
  const known: Readonly<Record<string, string | undefined>> = {
    request_uri: request.target,
    uri: target.uri,
    document_uri: target.uri,
    args: target.args,
    query_string: target.args,
    is_args: target.args === undefined || target.args === "" ? "" : "?",
    host,
    http_host: request.host,
    scheme,
    remote_addr: remoteAddress,
    request_method: request.method,
    server_port: String(request.isTls ? ports.https : ports.http),
    https: request.isTls ? "on" : "",
  };
  if (Object.hasOwn(known, name)) return known[name];
  if (name.startsWith("http_")) return headerByVariable(context, name.slice(5));
  if (name.startsWith("cookie_")) return variableCookie(context, name.slice(7));
  if (name.startsWith("arg_")) return argument(target.args, name.slice(4));
  if (!isKnownVariable(name)) return undefined;
  throw new UnsupportedError(`nginx's variable $${name}`, "upstream-hash-by");
}

function argument(args: string | undefined, name: string): string | undefined {
  const pair = (args ?? "").split("&").find((each) => each.toLowerCase().startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
