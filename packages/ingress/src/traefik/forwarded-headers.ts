import { parseAddressWords } from "@kubenetsim/core/net/address";
import { cidrContains, parseCidr } from "@kubenetsim/core/net/cidr";
import { noHeaders } from "../http/http-headers.ts";
import type { HttpRequest } from "../http/http-message.ts";
import type { EntryPoint } from "./static-configuration.ts";

/** Headers that tell of the client, which only trusted ones may set (pkg/middlewares/forwardedheaders/forwarded_header.go). */
const managed: ReadonlySet<string> = new Set([
  "x-forwarded-proto",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-server",
  "x-forwarded-uri",
  "x-forwarded-method",
  "x-forwarded-prefix",
  "x-forwarded-tls-client-cert",
  "x-forwarded-tls-client-cert-info",
  "x-real-ip",
]);

/** Headers of one connection, which are not passed on (net/http/httputil). */
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What an endpoint is sent, by names in small letters. @param server name of Traefik's Pod */
export function forwardedHeaders(
  request: HttpRequest,
  { trusts }: EntryPoint,
  server: string,
  host: string,
): Record<string, string> {
  const sent = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const isTrusted = trusts.all || trusts.ranges.some((range) => isIn(range, request.clientAddress));
  const options = (sent.connection ?? "").split(",").map((each) => each.trim().toLowerCase());
  const headers = noHeaders();
  for (const [name, value] of Object.entries(sent)) {
    const isManaged = managed.has(name.replaceAll("_", "-"));
    if (isManaged ? isTrusted : !ofConnection.has(name) && !options.includes(name)) headers[name] = value;
  }
  const isUpgrade = options.includes("upgrade") && (sent.upgrade ?? "") !== "";
  if (isUpgrade) Object.assign(headers, { connection: "Upgrade", upgrade: sent.upgrade });
  const isWebSocket =
    isUpgrade &&
    sent
      .upgrade!.toLowerCase()
      .split(",")
      .some((each) => each.trim() === "websocket");
  const scheme = isWebSocket ? (request.isTls ? "wss" : "ws") : request.isTls ? "https" : "http";
  headers.host = host;
  headers["x-real-ip"] ||= request.clientAddress;
  headers["x-forwarded-proto"] ||= scheme;
  headers["x-forwarded-port"] ||= portOf(request, headers["x-forwarded-proto"]!);
  if (request.host !== "") headers["x-forwarded-host"] ||= request.host!;
  headers["x-forwarded-server"] = server;
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before ? `${before}, ${request.clientAddress}` : request.clientAddress;
  const asksForParts = headers.range !== undefined || request.method === "HEAD";
  if (!asksForParts) headers["accept-encoding"] ||= "gzip";
  if (request.bodyBytes > 0) headers["content-length"] = String(request.bodyBytes);
  return headers;
}

function portOf({ host = "", isTls }: HttpRequest, scheme: string): string {
  const port = /^(?:[^:[\]]*|\[[^\]]*\]):(\d+)$/.exec(host)?.[1];
  return port ?? (scheme === "https" || scheme === "wss" || isTls ? "443" : "80");
}

/** @param range of addresses, or one address */
function isIn(range: string, address: string): boolean {
  const cidr = parseCidr(range);
  const words = parseAddressWords(address);
  return cidr === undefined || words === undefined ? range === address : cidrContains(cidr, words);
}
