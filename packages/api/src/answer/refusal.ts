import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { jsonAnswer, type RestAnswer } from "@kubenetsim/core/apiserver/rest/request";

/** A `metav1.Status` that refuses, with `details: {}` where the real server's is not left out. */
function refusal(code: number, reason: string, message: string, detailed: boolean): RestAnswer {
  const body: PlainObject = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(detailed ? { details: {} } : {}),
    code,
  };
  return jsonAnswer(code, body);
}

export function badRequest(message: string): RestAnswer {
  return refusal(400, "BadRequest", message, false);
}

export function notFound(): RestAnswer {
  return refusal(404, "NotFound", "the server could not find the requested resource", true);
}

export function methodNotAllowed(): RestAnswer {
  return refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", true);
}

/** No representation that is asked for is one of those that there are (apiserver pkg/endpoints/handlers/negotiation). */
export function notAcceptable(): RestAnswer {
  return refusal(
    406,
    "NotAcceptable",
    "only the following media types are accepted: application/json, application/yaml",
    false,
  );
}

/** A watch is a stream, and there is one of JSON only. */
export function noSuchStream(): RestAnswer {
  return refusal(
    406,
    "NotAcceptable",
    "only the following media types are accepted: application/json;stream=watch",
    false,
  );
}

export function tooLarge(limitBytes: number): RestAnswer {
  return refusal(413, "RequestEntityTooLarge", `Request entity too large: limit is ${limitBytes}`, false);
}

/** The body of a create or an update is in no known format. */
export function unknownFormat(): RestAnswer {
  const accepted = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return refusal(415, "UnsupportedMediaType", message, false);
}

/** A patch of no known type. */
export function unknownPatch(): RestAnswer {
  return refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", true);
}

/** The server itself has failed (apimachinery pkg/api/errors, NewInternalError). */
export function internalError(problem: Error): RestAnswer {
  const body: PlainObject = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: `Internal error occurred: ${problem.message}`,
    reason: "InternalError",
    details: { causes: [{ message: problem.message }] },
    code: 500,
  };
  return jsonAnswer(500, body);
}

/** A page of another site asks in a browser, by a name that it has let point here. */
export function foreignHost(host: string): RestAnswer {
  const message = `the Host header names ${JSON.stringify(host)}, which is not a name of this server`;
  return refusal(403, "Forbidden", message, true);
}

/** What lies behind no path that is served: plain text, as net/http has it. */
export function noSuchPage(): RestAnswer {
  return { kind: "answer", code: 404, body: "404 page not found\n", contentType: plainText, warnings: [] };
}

export const plainText = "text/plain; charset=utf-8";
