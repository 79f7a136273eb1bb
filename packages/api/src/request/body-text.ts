import { readValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { yamlProblem } from "@kubenetsim/core/apiserver/manifest/yaml-problem";
import type { RestAnswer } from "@kubenetsim/core/apiserver/rest/request";
import { bodySummary, mediaTypeOf } from "@kubenetsim/core/apiserver/rest/request-body";
import { readRoute } from "@kubenetsim/core/apiserver/rest/route";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { jsonText } from "../answer/json-text.ts";
import { badRequest, unknownFormat, unknownPatch } from "../answer/refusal.ts";
import { decodeEnvelope } from "../protobuf/decode-envelope.ts";

const patchTypes: readonly string[] = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
];

/** Whether the body counts. Other methods there, and other paths, are refused without a look at it. */
export function takesBody(method: string, path: string, body: Uint8Array): boolean {
  const route = readRoute(path);
  if (route === undefined) return false;
  if (method === "POST") return route.name === undefined || route.subresource !== undefined;
  if (method === "DELETE") return body.length > 0;
  return (method === "PUT" || method === "PATCH") && route.name !== undefined;
}

/** A body as the REST server takes it: JSON, or a patch as it is; or why it is refused. */
export function bodyText(method: string, path: string, contentType: string, body: Uint8Array): string | RestAnswer {
  const patchType = contentType.split(";", 1)[0]!.trim().toLowerCase();
  if (method === "PATCH") return patchTypes.includes(patchType) ? textOf(body) : unknownPatch();
  const type = contentType === "" ? "" : (mediaTypeOf(contentType) ?? "none");
  if (type === "" || type === "application/json") return textOf(body);
  try {
    if (type === "application/yaml") return yamlBody(textOf(body));
    if (type === "application/vnd.kubernetes.protobuf") return jsonText(decodeEnvelope(body), false);
  } catch (reason) {
    const kind = readRoute(path)?.kind ?? "";
    const problem =
      reason instanceof ParseError
        ? yamlProblem(reason, textOf(body)).replace("error converting YAML to JSON: ", "")
        : (reason as Error).message;
    return badRequest(
      `the object provided is unrecognized (must be of type ${kind}): ${problem} (${bodySummary(body, textOf(body))})`,
    );
  }
  return unknownFormat();
}

function textOf(body: Uint8Array): string {
  // A byte order mark is no part of JSON.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
}

/** The first document counts. */
function yamlBody(text: string): string {
  for (const value of readValues(text, "yaml")) return jsonText(value, false);
  return "null\n";
}
