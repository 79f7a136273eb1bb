import { jsonAnswer, type RestAnswer } from "@kubenetsim/core/apiserver/rest/request";
import { entityTag, matchesTag } from "./answer/entity-tag.ts";
import { methodNotAllowed, noSuchPage, notAcceptable, notFound, plainText } from "./answer/refusal.ts";
import { aggregatedDiscovery } from "./discovery/aggregated-discovery.ts";
import { healthText } from "./discovery/health.ts";
import { coreVersions, groupList, groupOf, resourceList } from "./discovery/plain-discovery.ts";
import { servedVersions } from "./discovery/resources.ts";
import { serverVersion } from "./discovery/server-version.ts";
import { openApiV2, openApiV2Etag, openApiV2Protobuf } from "./openapi/openapi-v2.ts";
import { openApiDocument, openApiIndex } from "./openapi/openapi-v3.ts";
import type { Representation } from "./request/accept.ts";

/** What is asked of a path that holds no objects. */
export interface FixedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly representations: readonly Representation[];
  /** The media types that the client takes, best first. */
  readonly accepted: readonly string[];
  /** What the client has already: its `If-None-Match`; "" for none. */
  readonly ifNoneMatch: string;
  /** Where the client reaches the server: `127.0.0.1:8001`. */
  readonly host: string;
}

/** An answer, and headers that only these paths have. */
export interface FixedAnswer {
  readonly answer: RestAnswer;
  /** What is sent in place of the answer's body. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export const aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Discovery, version, health and OpenAPI; undefined for paths of objects. */
export function fixedAnswer(request: FixedRequest): FixedAnswer | undefined {
  const { method, query } = request;
  const path = request.path.length > 1 ? request.path.replace(/\/$/, "") : request.path;
  if (path === "/version") return { answer: method === "GET" ? jsonAnswer(200, serverVersion) : methodNotAllowed() };
  const health = healthText(request.path, query.has("verbose"));
  if (health !== undefined) return text(health);
  if (path === "/") return { answer: jsonAnswer(200, { paths: rootPaths() }) };
  // Of all roots only this one looks at the method.
  if (path === "/api" && method !== "GET") return { answer: methodNotAllowed() };
  if (path === "/api" || path === "/apis") return discoveryRoot(path === "/api" ? "api" : "apis", request);
  if (path.startsWith("/openapi/")) return unlessKnown(openApi(request.path, request), request);
  return groupAnswer(path, method);
}

/** What the client does not have yet (Go's net/http fs.go, checkPreconditions). Only what is found has a tag. */
function unlessKnown(fixed: FixedAnswer, { method, ifNoneMatch }: FixedRequest): FixedAnswer {
  const { answer, headers = {} } = fixed;
  if (answer.code !== 200 || !matchesTag(ifNoneMatch, headers.etag)) return fixed;
  return { answer: nothing(method === "GET" || method === "HEAD" ? 304 : 412), headers };
}

/** An answer without a body. */
function nothing(code: number): RestAnswer {
  return { kind: "answer", code, body: "", contentType: "", warnings: [] };
}

function text(body: string): FixedAnswer {
  return { answer: { kind: "answer", code: 200, body, contentType: plainText, warnings: [] } };
}

/** kubectl asks for all resources at once, and takes the plain list where there is no such answer. */
function discoveryRoot(root: "api" | "apis", { representations, host, ifNoneMatch }: FixedRequest): FixedAnswer {
  for (const { convert } of representations) {
    if (convert === undefined) return { answer: jsonAnswer(200, root === "api" ? coreVersions(host) : groupList()) };
    if (convert.as !== "APIGroupDiscoveryList" || convert.group !== "apidiscovery.k8s.io" || convert.version !== "v2") {
      continue;
    }
    const { kind, apiVersion, ...list } = aggregatedDiscovery(root);
    const etag = entityTag(JSON.stringify(list));
    const headers = { "cache-control": "public", vary: "Accept", etag };
    // Only the one tag is looked for here, no list of them (pkg/endpoints/discovery/aggregated/etag.go).
    if (ifNoneMatch === etag) return { answer: nothing(304), headers };
    return {
      answer: { ...jsonAnswer(200, { kind: kind!, apiVersion: apiVersion!, ...list }), contentType: aggregatedType },
      headers,
    };
  }
  return { answer: notAcceptable() };
}

/**
 * `/apis/GROUP`, `/apis/GROUP/VERSION`, `/api/v1`. Undefined for what lies below, plain text for a group that is not served,
 * and a Status for another version of one that is.
 */
function groupAnswer(path: string, method: string): FixedAnswer | undefined {
  const [, root, ...steps] = path.split("/");
  if (root !== "api" && (root !== "apis" || !hasGroup(steps[0]!))) return { answer: noSuchPage() };
  const isGroup = root === "apis" && steps.length === 1;
  const groupVersion = root === "api" ? steps[0]! : steps.slice(0, 2).join("/");
  if (!isGroup && !hasVersion(groupVersion)) return { answer: notFound() };
  if (steps.length > (root === "api" ? 1 : 2)) return undefined;
  if (method !== "GET" && !isGroup) return { answer: methodNotAllowed() };
  return { answer: jsonAnswer(200, isGroup ? groupOf(steps[0]!) : resourceList(groupVersion)) };
}

function hasGroup(name: string): boolean {
  return servedVersions.some(({ group }) => group === name && group !== "");
}

function hasVersion(name: string): boolean {
  return servedVersions.some(({ groupVersion }) => groupVersion === name);
}

function openApi(path: string, { query, accepted }: FixedRequest): FixedAnswer {
  if (path === "/openapi/v2") return openApiV2Answer(accepted);
  if (path === "/openapi/v3") return { answer: jsonAnswer(200, openApiIndex()) };
  const name = path.replace("/openapi/v3/", "");
  const document = openApiDocument(name);
  if (document === undefined) return { answer: noSuchPage() };
  const { hash } = document;
  const asked = query.get("hash");
  const etag = { etag: `"${hash}"`, vary: "Accept" };
  // A document that was asked for by its hash never changes; any other hash leads there.
  if (asked === hash) return { ...jsonText(document.text), headers: { ...etag, "cache-control": "public, immutable" } };
  if (asked === null) return { ...jsonText(document.text), headers: etag };
  const moved: RestAnswer = { kind: "answer", code: 301, body: "", contentType: "application/json", warnings: [] };
  return { answer: moved, headers: { ...etag, location: `/openapi/v3/${name}?hash=${hash}` } };
}

const swaggerType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/** How the type was written before it was one that the RFCs allow, and how client-go still asks for it. */
const oldSwaggerType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

function openApiV2Answer(accepted: readonly string[]): FixedAnswer {
  const vary = { vary: "Accept" };
  for (const type of accepted) {
    if (type === "application/json" || type === "application/*" || type === "*/*") {
      return { ...jsonText(openApiV2()), headers: { ...vary, etag: openApiV2Etag() } };
    }
    if (type !== swaggerType && type !== oldSwaggerType) continue;
    const answer: RestAnswer = { kind: "answer", code: 200, body: "", contentType: swaggerType, warnings: [] };
    return { answer, bytes: openApiV2Protobuf(), headers: { ...vary, etag: openApiV2Etag() } };
  }
  return { answer: { kind: "answer", code: 406, body: "", contentType: plainText, warnings: [] }, headers: vary };
}

function jsonText(body: string): FixedAnswer {
  return { answer: { kind: "answer", code: 200, body, contentType: "application/json", warnings: [] } };
}

function rootPaths(): string[] {
  const groups = servedVersions.flatMap(({ group, groupVersion }) =>
    group === "" ? [`/api/${groupVersion}`] : [`/apis/${group}`, `/apis/${groupVersion}`],
  );
  const own = ["/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"];
  return [...own, ...groups].sort();
}
