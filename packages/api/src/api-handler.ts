import type { RestAnswer, RestRequest, RestResponse, RestWatch } from "@kubenetsim/core/apiserver/rest/request";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import { printYaml } from "@kubenetsim/kubectl/output/yaml";
import { jsonText } from "./answer/json-text.ts";
import { badRequest, foreignHost, internalError, noSuchStream, tooLarge } from "./answer/refusal.ts";
import { warningHeader } from "./answer/warning-header.ts";
import { type FixedAnswer, fixedAnswer } from "./fixed-paths.ts";
import { isOwnHost } from "./host-name.ts";
import { acceptedTypes, type Representation, readAccept } from "./request/accept.ts";
import { bodyText, takesBody } from "./request/body-text.ts";
import { bodyLimitBytes, readBody } from "./request/read-body.ts";
import { restAccept } from "./request/rest-accept.ts";
import { wantsPretty } from "./request/wants-pretty.ts";
import { watchStream } from "./watch/watch-stream.ts";

export interface ApiHandlerOptions {
  /** Answers for objects: a `RestServer`, such as `Cluster.api`. */
  readonly api: { handle(request: RestRequest): RestResponse };
  /** By which watches time out. */
  readonly clock: Clock;
  /** Told of each write that was not refused, so that controllers may work. */
  readonly wrote?: () => void;
  /**
   * Names by which clients may call the server besides localhost, 127.0.0.1 and [::1]; requests to another `Host` are
   * refused. Every name will do unless given.
   */
  readonly hostNames?: readonly string[];
  /** Runs a task soon; as a microtask unless given. Events of watches that come until then go out together. */
  readonly soon?: (task: () => void) => void;
}

/** @param breakOff ends the connection at once, whatever the client has not read; a stream that fails unless given */
export type ApiHandler = (request: Request, breakOff?: () => void) => Promise<Response>;

/**
 * The Kubernetes REST API for whatever serves HTTP by the fetch interface.
 *
 * @example
 * const lab = Cluster.create({ nodes: ["n1"] });
 * const fetch = createApiHandler({ api: lab.api, clock: lab.clock, wrote: () => lab.settle() });
 * await fetch(new Request("http://localhost/api/v1/services"));
 */
export function createApiHandler(options: ApiHandlerOptions): ApiHandler {
  return async (request, breakOff) => {
    const asked = readRequest(request);
    if (options.hostNames !== undefined && !isOwnHost(asked.host, options.hostNames)) {
      return written(foreignHost(asked.host), asked);
    }
    if (asked.path === undefined) return written(badRequest("the path is not well encoded"), asked);
    const fixed = fixedAnswer({ ...asked, path: asked.path });
    if (fixed !== undefined) return written(fixed.answer, asked, fixed);
    const response = await resourceAnswer(request, { ...asked, path: asked.path }, options);
    if (response.kind === "answer") return written(response, asked);
    return asked.representations[0]?.format === "yaml"
      ? written(noSuchStream(), asked)
      : streamed(response, { ...options, breakOff });
  };
}

interface AskedRequest {
  readonly method: string;
  /** Undefined when it cannot be decoded. */
  readonly path: string | undefined;
  readonly query: URLSearchParams;
  readonly host: string;
  readonly representations: readonly Representation[];
  readonly accepted: readonly string[];
  readonly ifNoneMatch: string;
  readonly pretty: boolean;
}

function readRequest(request: Request): AskedRequest {
  const url = new URL(request.url);
  const { headers, method } = request;
  return {
    method,
    path: decoded(url.pathname),
    query: url.searchParams,
    host: headers.get("host") ?? url.host,
    representations: readAccept(headers.get("accept")),
    accepted: acceptedTypes(headers.get("accept")),
    ifNoneMatch: headers.get("if-none-match") ?? "",
    pretty: wantsPretty(url.searchParams, headers.get("user-agent") ?? ""),
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Asks the REST server, when the body is one that it can be asked with. */
async function resourceAnswer(
  request: Request,
  asked: AskedRequest & { readonly path: string },
  options: ApiHandlerOptions,
): Promise<RestResponse> {
  const { method, path, query, representations } = asked;
  const body = await readBody(request);
  if (body === undefined) return tooLarge(bodyLimitBytes);
  const type = request.headers.get("content-type") ?? "";
  const text = takesBody(method, path, body) ? bodyText(method, path, type, body) : undefined;
  if (typeof text === "object") return text;
  const headers = Object.fromEntries(request.headers);
  // What came in another encoding is JSON by now; the kinds of patches stay.
  if (text !== undefined && method !== "PATCH") headers["content-type"] = "application/json";
  // Where nothing fits, the REST server says so.
  if (representations.length > 0) headers.accept = restAccept(representations);
  const whole = { method, path, query: new Map(query), headers };
  const response = handled(options, text === undefined ? whole : { ...whole, body: text });
  if (method !== "GET" && response.kind === "answer" && response.code < 300) options.wrote?.();
  return response;
}

/** What is not modelled, and a bug, fail one request and leave the server standing. */
function handled({ api }: ApiHandlerOptions, request: RestRequest): RestResponse {
  try {
    return api.handle(request);
  } catch (problem) {
    return internalError(problem as Error);
  }
}

function written(answer: RestAnswer, asked: AskedRequest, more: Omit<FixedAnswer, "answer"> = {}): Response {
  const { code, body, contentType, warnings } = answer;
  const [wanted] = asked.representations;
  const asYaml = typeof body !== "string" && wanted?.format === "yaml" && contentType === "application/json";
  const text = typeof body === "string" ? body : asYaml ? printYaml(body) : jsonText(body, isPretty(answer, asked));
  const headers = new Headers({
    ...(contentType === "" ? {} : { "content-type": asYaml ? "application/yaml" : contentType }),
    "cache-control": "no-cache, private",
    ...more.headers,
  });
  if (contentType.startsWith("text/plain")) headers.set("x-content-type-options", "nosniff");
  for (const warning of warnings) headers.append("warning", warningHeader(warning));
  return new Response(contentType === "" ? null : (more.bytes ?? text), { status: code, headers });
}

/** Whom nothing can be written for in the form that they want gets it to read. */
function isPretty({ code }: RestAnswer, { path, pretty, representations }: AskedRequest): boolean {
  if (pretty || code === 406 || representations[0]?.pretty === true) return true;
  return code === 200 && (path === "/version" || path === "/");
}

function streamed(
  watch: RestWatch,
  { clock, soon = queueMicrotask, breakOff }: ApiHandlerOptions & { readonly breakOff: (() => void) | undefined },
): Response {
  const headers = new Headers({
    "content-type": "application/json",
    "cache-control": "no-cache, private",
    "transfer-encoding": "chunked",
  });
  for (const warning of watch.warnings) headers.append("warning", warningHeader(warning));
  return new Response(watchStream(watch, { clock, soon, breakOff }), { headers });
}
