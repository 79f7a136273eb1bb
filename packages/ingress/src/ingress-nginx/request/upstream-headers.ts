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
  if (basicAuth !== undefined && !isInLocationList(settings, "noAuthLocations", location.path))
    set(told, "authorization", "");
  for (const name in earlier) if (name !== "x-request-id") set(told, name, earlier[name]);
  set(told, "host", upstreamVhost === "" ? passHost : variableText(context, upstreamVhost, hostname, chosen));
  set(told, "upgrade", sent.upgrade);
  const kept = settings.other["upstream-keepalive-connections"] === 0 ? "close" : "";
  set(told, "connection", connectionHeader || (sent.upgrade ? "upgrade" : kept));
  set(told, "x-request-id", earlier["x-request-id"] ?? requestIdOf(context));
  set(told, "x-real-ip", remoteAddress);
  set(told, "x-forwarded-for", forwardedFor(context));
  set(told, "x-forwarded-host", passHost);
  set(told, "x-forwarded-port", passPort);
  set(told, "x-forwarded-proto", passScheme);
  set(told, "x-forwarded-scheme", passScheme);
  set(told, "x-scheme", passScheme);
  set(told, "x-original-forwarded-for", headerOf(sent, settings.forwardedForHeader.toLowerCase()));
  set(told, "x-original-forwarded-host", headerOf(sent, settings.forwardedHostHeader.toLowerCase()));
  if (settings.proxyAddOriginalUriHeader) set(told, "x-original-uri", request.target);
  setOfAll(context, hostname, chosen, told, earlier);
  if (chosen.rewrite !== undefined && xForwardedPrefix !== "") {
    set(told, "x-forwarded-prefix", variableText(context, xForwardedPrefix, hostname, chosen));
  }
  if (hasBody(context)) set(told, "content-length", String(request.bodyBytes));
  if (location.backend.startsWith("custom-default-backend-")) {
    for (const [name, value] of Object.entries(errorHeaders(context, { hostname, location }, 503)))
      set(told, name, value);
    // The template sets it once more, which makes two lines of it.
    const id = told["x-request-id"];
    if (id !== undefined) set(told, "x-request-id", `${id}, ${id}`);
  }
  return told;
}

function set(told: Record<string, string>, name: string, value: string | undefined): void {
  if (value !== undefined && value !== "") told[name] = value;
  else if (told[name] !== undefined) delete told[name];
}

/** What the template sets before the headers that `proxy-set-headers` adds, whatever the location asks for. */
const always: ReadonlySet<string> = new Set([
  ...["host", "upgrade", "connection", "x-request-id", "x-real-ip", "x-forwarded-for", "x-forwarded-host"],
  ...["x-forwarded-port", "x-forwarded-proto", "x-forwarded-scheme", "x-scheme"],
  ...["x-original-forwarded-for", "x-original-forwarded-host"],
]);

/** Headers of all locations (`proxy-set-headers`). */
function setOfAll(
  context: RequestContext,
  hostname: string,
  chosen: NginxLocation,
  told: Record<string, string>,
  earlier: Readonly<Record<string, string>>,
): void {
  const { proxySetHeaders, settings } = context;
  const added = Object.entries(proxySetHeaders);
  if (added.length === 0) return;
  const { basicAuth } = chosen.location.annotations;
  const isAsked = basicAuth !== undefined && !isInLocationList(settings, "noAuthLocations", chosen.location.path);
  const fromTemplate = new Set([...always, ...Object.keys(earlier), ...(isAsked ? ["authorization"] : [])]);
  if (settings.proxyAddOriginalUriHeader) fromTemplate.add("x-original-uri");
  for (const [written, text] of added) {
    const name = written.toLowerCase();
    const value = variableText(context, text, hostname, chosen);
    const before = fromTemplate.has(name) ? told[name] : undefined;
    // nginx sends both lines of a name that the template has set.
    if (before === undefined) set(told, name, value);
    else if (value !== "") told[name] = `${before}, ${value}`;
    fromTemplate.add(name);
  }
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
  return wordText(random()) + wordText(random()) + wordText(random()) + wordText(random());
}

/** Of each byte its two digits. */
const byteTexts = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Eight hexadecimal digits for a number in [0, 1). */
function wordText(random: number): string {
  const word = Math.floor(random * 2 ** 32);
  return (
    byteTexts[word >>> 24]! + byteTexts[(word >>> 16) & 255]! + byteTexts[(word >>> 8) & 255]! + byteTexts[word & 255]!
  );
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
