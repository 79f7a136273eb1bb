import { parseAddressWords } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { serverNameText } from "../conf/directives.ts";
import { ingressInformation } from "../conf/ingress-information.ts";
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

const variables: Readonly<Record<string, (context: RequestContext) => string | undefined>> = {
  request_uri: ({ request }) => request.target,
  uri: ({ target }) => target.uri,
  document_uri: ({ target }) => target.uri,
  args: ({ target }) => target.args,
  query_string: ({ target }) => target.args,
  is_args: ({ target }) => (target.args === undefined || target.args === "" ? "" : "?"),
  host: ({ host }) => host,
  http_host: ({ request }) => request.host,
  scheme: ({ scheme }) => scheme,
  remote_addr: ({ remoteAddress }) => remoteAddress,
  binary_remote_addr: ({ remoteAddress }) => addressBytes(remoteAddress),
  realip_remote_addr: ({ request }) => request.clientAddress,
  proxy_protocol_addr: ({ request }) => request.proxied?.source,
  proxy_protocol_server_port: ({ request }) => request.proxied && String(request.proxied.destinationPort),
  request_method: ({ request }) => request.method,
  server_port: ({ request, ports }) => String(request.isTls ? ports.https : ports.http),
  https: ({ request }) => (request.isTls ? "on" : ""),
  ssl_server_name: ({ request }) => request.serverName,
  content_type: ({ headers }) => headers["content-type"],
  pass_access_scheme: ({ passScheme }) => passScheme,
  best_http_host: ({ passHost }) => passHost,
  pass_port: ({ passPort }) => passPort,
  server_name: ({ place }) => place && serverNameText(place.hostname).replace(/^~/, ""),
  proxy_upstream_name: ({ place }) => place?.upstream,
  namespace: (context) => ingressOf(context)?.namespace,
  ingress_name: (context) => ingressOf(context)?.name,
  service_name: (context) => ingressOf(context)?.service,
  service_port: (context) => ingressOf(context)?.port,
  location_path: (context) => ingressOf(context)?.path,
};

/** A variable of nginx's, by its name in small letters; undefined for one that is not set. @throws UnsupportedError */
export function nginxVariable(context: RequestContext, name: string): string | undefined {
  if (Object.hasOwn(variables, name)) return variables[name]!(context);
  if (name.startsWith("http_")) return headerByVariable(context, name.slice(5));
  if (name.startsWith("cookie_")) return variableCookie(context, name.slice(7));
  if (name.startsWith("arg_")) return argument(context.target.args, name.slice(4));
  if (!isKnownVariable(name)) return undefined;
  throw new UnsupportedError(`nginx's variable $${name}`, "upstream-hash-by");
}

/** The variables of an `upstream-hash-by` expression that nginx knows and that are not modelled. */
export function unmodelledVariables(expression: string): string[] {
  return [...expression.matchAll(piece)].flatMap(([, braced, plain]) => {
    const name = (braced ?? plain ?? "").toLowerCase();
    const isModelled = Object.hasOwn(variables, name) || /^(?:http_|cookie_|arg_)/.test(name);
    return isModelled || !isKnownVariable(name) ? [] : [`$${name}`];
  });
}

/** What the template's `set` of the location names. */
function ingressOf({ place }: RequestContext): ReturnType<typeof ingressInformation> | undefined {
  return place && ingressInformation(place.location.ingress, place.hostname, place.location.ingressPath);
}

/** 4 bytes of an IPv4 address, 16 of an IPv6 one, one character each. */
function addressBytes(text: string): string {
  const words = parseAddressWords(text) ?? [];
  const bytes = words.flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff));
  return String.fromCharCode(...bytes);
}

function argument(args: string | undefined, name: string): string | undefined {
  const pair = (args ?? "").split("&").find((each) => each.toLowerCase().startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
