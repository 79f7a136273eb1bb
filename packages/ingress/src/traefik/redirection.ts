import type { HttpAnswer, HttpRequest } from "../http/http-message.ts";
import { flagProblem } from "./flags.ts";
import type { GoTarget } from "./go-url.ts";
import type { EntryPoint, Redirection } from "./static-configuration.ts";

/**
 * To another entry point (pkg/provider/traefik/internal.go `redirection`, pkg/middlewares/redirect): its port is that of its
 * address. One that is where it is to be sent already gets to a Service that is none: 418.
 */
export function redirected(
  request: HttpRequest,
  forwardedProto: string,
  { uri }: GoTarget,
  redirection: Redirection,
  entryPoints: readonly EntryPoint[],
): Pick<HttpAnswer, "status" | "headers" | "body"> {
  const { scheme, isPermanent } = redirection;
  const port = portOf(redirection, entryPoints);
  const isUsual = (scheme === "http" && port === 80) || (scheme === "https" && port === 443);
  const old = asked(request.host ?? "", uri, /^(?:https|wss)$/i.test(forwardedProto));
  const location = old.replace(
    /^https?:\/\/(\[[\w:.]+\]|[\w._-]+)?(?::\d+)?(.*)$/,
    (_, host: string | undefined, rest: string) => `${scheme}://${host ?? ""}${isUsual ? "" : `:${port}`}${rest}`,
  );
  if (!/^\w+:\/\/(?:\[[^\]]*\]|[^/:?]*)(?::\d*)?(?:[/?]|$)/.test(location)) {
    return { status: 502, headers: {}, body: "Bad Gateway" };
  }
  if (location === old) return { status: 418, headers: {}, body: "" };
  const isGet = request.method === "GET";
  const status = isPermanent ? (isGet ? 301 : 308) : isGet ? 302 : 307;
  return { status, headers: { location }, body: phrases[status]! };
}

/** The URL that the redirection's pattern is put to: an IPv6 address with a port loses its brackets, and cannot be read any more. */
function asked(host: string, uri: string, isTls: boolean): string {
  const usual = isTls ? /:443$/ : /:80$/;
  const bracketed = /^\[([^\]]*)\](:\d*)$/.exec(host);
  const written = bracketed === null ? host.replace(usual, "") : bracketed[1]! + bracketed[2]!.replace(usual, "");
  return `${isTls ? "https" : "http"}://${written}${uri}`;
}

const phrases: Readonly<Record<number, string>> = {
  301: "Moved Permanently",
  302: "Found",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
};

/** @throws ParseError where there is no such entry point */
export function portOf({ to }: Redirection, entryPoints: readonly EntryPoint[]): number {
  const port = /^:(\d+)$/.exec(to)?.[1];
  if (port !== undefined) return Number(port);
  const entry = entryPoints.find(({ name }) => name === to.toLowerCase());
  if (entry === undefined) throw flagProblem(`'to' entry point field references a non-existing entry point: ${to}`);
  return entry.port;
}
