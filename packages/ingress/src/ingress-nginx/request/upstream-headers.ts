import type { Location } from "../model/configuration.ts";
import type { RequestContext } from "./request-context.ts";

/** Headers that nginx sets or leaves out itself, whatever the client sent. */
const replaced: readonly string[] = [
  "proxy",
  "connection",
  "upgrade",
  "keep-alive",
  "content-length",
  "x-forwarded-prefix",
];

/**
 * The headers that an endpoint gets: the client's, and those that the template sets (rootfs/etc/nginx/template/nginx.tmpl). One that
 * would be empty is not sent.
 */
export function upstreamHeaders(
  context: RequestContext,
  location: Location,
  isRewritten: boolean,
): Record<string, string> {
  const { settings, headers: sent, remoteAddress, passHost, passPort, passScheme, request } = context;
  const { upstreamVhost, xForwardedPrefix } = location.annotations;
  const lower = (name: string): string => name.toLowerCase();
  const passed = Object.entries(sent).filter(([name]) => !replaced.includes(name));
  const set: Record<string, string> = {
    host: upstreamVhost || passHost,
    upgrade: sent.upgrade ?? "",
    connection: (sent.upgrade ?? "") === "" ? "" : "upgrade",
    "x-request-id": sent["x-request-id"] || (settings.generateRequestId ? requestId(context) : ""),
    "x-real-ip": remoteAddress,
    "x-forwarded-for": forwardedFor(context),
    "x-forwarded-host": passHost,
    "x-forwarded-port": passPort,
    "x-forwarded-proto": passScheme,
    "x-forwarded-scheme": passScheme,
    "x-original-uri": settings.proxyAddOriginalUriHeader ? request.target : (sent["x-original-uri"] ?? ""),
    "x-scheme": passScheme,
    "x-original-forwarded-for": sent[lower(settings.forwardedForHeader)] ?? "",
    "x-original-forwarded-host": sent[lower(settings.forwardedHostHeader)] ?? "",
    "x-forwarded-prefix":
      isRewritten && xForwardedPrefix !== "" ? xForwardedPrefix : (sent["x-forwarded-prefix"] ?? ""),
    ...(request.bodyBytes > 0 && { "content-length": String(request.bodyBytes) }),
    ...(location.backend.startsWith("custom-default-backend-") && errorHeaders(context, location, 503)),
  };
  return Object.fromEntries(
    Object.entries({ ...Object.fromEntries(passed), ...set }).filter(([, value]) => value !== ""),
  );
}

function forwardedFor({ settings, headers, request, remoteAddress }: RequestContext): string {
  if (!settings.useForwardedHeaders || !settings.computeFullForwardedFor) return remoteAddress;
  const before = headers["x-forwarded-for"] ?? "";
  return before === "" ? request.clientAddress : `${before}, ${request.clientAddress}`;
}

/** `$request_id`: 32 random hexadecimal digits. */
function requestId({ random }: RequestContext): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
}

/** What a backend that answers for errors is told. */
export function errorHeaders(context: RequestContext, location: Location, code: number): Record<string, string> {
  const { ingress } = location;
  const { namespace = "", name = "" } = ingress?.metadata ?? {};
  return {
    "x-code": String(code),
    "x-format": context.headers.accept ?? "",
    "x-namespace": namespace,
    "x-ingress-name": name,
    "x-service-name": location.service.split("/")[1] ?? "",
    "x-service-port": location.port,
  };
}
