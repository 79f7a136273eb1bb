import { headerOf, noHeaders } from "../../http/http-headers.ts";
import { ingressInformation } from "../conf/ingress-information.ts";
import { isInLocationList } from "../location-list.ts";
import type { Location } from "../model/configuration.ts";
import type { NginxLocation } from "./location-table.ts";
import { lastHop } from "./proxy-protocol.ts";
import type { RequestContext } from "./request-context.ts";
import { variableText } from "./variable-text.ts";

/** Headers that nginx sets or leaves out itself, whatever the client sent. */
const replaced: ReadonlySet<string> = new Set([
  ...["host", "connection", "upgrade", "keep-alive", "content-length", "transfer-encoding", "te", "expect"],
]);

/** A location, and the host whose server it is of. */
export interface LocationPlace {
  readonly hostname: string;
  readonly location: Location;
}

/**
 * The headers that an endpoint gets: the client's, and those that the template sets (rootfs/etc/nginx/template/nginx.tmpl). One of
 * those that would be empty is not sent.
 */
export function upstreamHeaders(
  context: RequestContext,
  hostname: string,
  chosen: NginxLocation,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { settings, headers: sent, remoteAddress, passHost, passPort, passScheme, request } = context;
  const { location } = chosen;
  const { upstreamVhost, xForwardedPrefix, basicAuth, connectionHeader } = location.annotations;
  const told = noHeaders();
  for (const name in sent) if (!replaced.has(name) && name !== "proxy") told[name] = sent[name]!;
  const fromTemplate = new Set<string>();
  const set = (name: string, value: string | undefined): void => {
    fromTemplate.add(name);
    if (value !== undefined && value !== "") told[name] = value;
    else if (told[name] !== undefined) delete told[name];
  };
  if (basicAuth !== undefined && !isInLocationList(settings, "noAuthLocations", location.path))
    set("authorization", "");
  for (const name in earlier) if (name !== "x-request-id") set(name, earlier[name]);
  set("host", upstreamVhost === "" ? passHost : variableText(context, upstreamVhost, hostname, chosen));
  set("upgrade", sent.upgrade);
  const kept = settings.other["upstream-keepalive-connections"] === 0 ? "close" : "";
  set("connection", connectionHeader || (sent.upgrade ? "upgrade" : kept));
  set("x-request-id", earlier["x-request-id"] ?? requestIdOf(context));
  set("x-real-ip", remoteAddress);
  set("x-forwarded-for", forwardedFor(context));
  set("x-forwarded-host", passHost);
  set("x-forwarded-port", passPort);
  set("x-forwarded-proto", passScheme);
  set("x-forwarded-scheme", passScheme);
  set("x-scheme", passScheme);
  set("x-original-forwarded-for", headerOf(sent, settings.forwardedForHeader.toLowerCase()));
  set("x-original-forwarded-host", headerOf(sent, settings.forwardedHostHeader.toLowerCase()));
  if (settings.proxyAddOriginalUriHeader) set("x-original-uri", request.target);
  for (const [name, text] of Object.entries(context.proxySetHeaders)) {
    const value = variableText(context, text, hostname, chosen);
    const before = fromTemplate.has(name.toLowerCase()) ? told[name.toLowerCase()] : undefined;
    // nginx sends both lines of a name that the template has set.
    if (before === undefined) set(name.toLowerCase(), value);
    else if (value !== "") told[name.toLowerCase()] = `${before}, ${value}`;
  }
  if (chosen.rewrite !== undefined && xForwardedPrefix !== "") {
    set("x-forwarded-prefix", variableText(context, xForwardedPrefix, hostname, chosen));
  }
  if (hasBody(context)) set("content-length", String(request.bodyBytes));
  if (location.backend.startsWith("custom-default-backend-")) {
    for (const [name, value] of Object.entries(errorHeaders(context, { hostname, location }, 503))) set(name, value);
    // The template sets it once more, which makes two lines of it.
    const id = told["x-request-id"];
    if (id !== undefined) set("x-request-id", `${id}, ${id}`);
  }
  return told;
}

/** A body that is empty has a length, too. */
function hasBody({ request, headers }: RequestContext): boolean {
  return request.bodyBytes > 0 || headers["content-length"] !== undefined;
}

function forwardedFor({ settings, headers, request, remoteAddress }: RequestContext): string {
  if (!settings.useForwardedHeaders || !settings.computeFullForwardedFor) return remoteAddress;
  const before = headers["x-forwarded-for"] ?? "";
  const last = lastHop(settings, request);
  return before === "" ? last : `${before}, ${last}`;
}

/** `$req_id`: the client's, or one of nginx's own. */
export function requestIdOf(context: RequestContext): string {
  return context.headers["x-request-id"] || (context.settings.generateRequestId ? requestId(context) : "");
}

/** `$request_id`: 32 random hexadecimal digits. */
function requestId({ random }: RequestContext): string {
  const word = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  return word() + word() + word() + word();
}

/** What a backend that answers for errors is told. */
function errorHeaders(
  context: RequestContext,
  { hostname, location }: LocationPlace,
  code: number,
): Record<string, string> {
  const { namespace, name, service, port } = ingressInformation(location.ingress, hostname, location.ingressPath);
  return {
    "x-code": String(code),
    "x-format": context.headers.accept ?? "",
    "x-namespace": namespace,
    "x-ingress-name": name,
    "x-service-name": service,
    "x-service-port": port,
  };
}

/**
 * The headers that a backend gets which answers in the place of a status code: of a named location, which sets few, and of nginx's
 * HTTP/1.0. Before the rewrite phase the variables of the location are empty.
 */
export function errorPageHeaders(
  context: RequestContext,
  place: LocationPlace,
  { code, isRewritten }: { readonly code: number; readonly isRewritten: boolean },
): Record<string, string> {
  const { settings, headers: sent, request, passHost, remoteAddress } = context;
  const names = errorHeaders(context, place, code);
  const set: Record<string, string> = {
    connection: "close",
    "x-code": names["x-code"]!,
    "x-format": names["x-format"]!,
    "x-original-uri": request.target,
    "x-forwarded-for": remoteAddress,
    ...(settings.generateRequestId && { "x-request-id": sent["x-request-id"] || requestId(context) }),
    ...(isRewritten && { ...names, host: passHost }),
    // The length of what the client has not sent: all of it where it waits to be asked, as curl does with more than 1 MiB.
    ...(hasBody(context) && { "content-length": String(request.bodyBytes) }),
  };
  const told = noHeaders();
  for (const name in sent) if (!replaced.has(name) && headerOf(set, name) !== "") told[name] = sent[name]!;
  for (const name in set) if (set[name] !== "") told[name] = set[name]!;
  return told;
}
