import type { RestRequest, RestResponse } from "@kubenetsim/core/apiserver/rest/request";
import { serverVersion } from "./discovery/server-version.ts";
import { fixedAnswer } from "./fixed-paths.ts";
import { acceptedTypes, readAccept } from "./request/accept.ts";

/**
 * A whole API server without a transport: discovery, version, health and OpenAPI, and `resources` for everything below. For
 * clients in the same process, as kubectl in the library is one.
 *
 * @example answerRequest(request, (one) => lab.api.handle(one));
 */
export function answerRequest(request: RestRequest, resources: (request: RestRequest) => RestResponse): RestResponse {
  const { method, path, headers } = request;
  // The one answer that is written over several lines.
  if (path === "/version" && method === "GET") return textAnswer(JSON.stringify(serverVersion, null, 2));
  const query = new URLSearchParams([...request.query]);
  const representations = readAccept(headers.accept ?? null);
  const accepted = acceptedTypes(headers.accept ?? null);
  const { host = "localhost", "if-none-match": ifNoneMatch = "" } = headers;
  const fixed = fixedAnswer({ method, path, query, representations, accepted, ifNoneMatch, host });
  return fixed?.answer ?? resources(request);
}

function textAnswer(body: string): RestResponse {
  return { kind: "answer", code: 200, body, contentType: "application/json", warnings: [] };
}
