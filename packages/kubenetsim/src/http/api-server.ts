import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { unsignedCertificate } from "@kubenetsim/ingress/certificate/certificate";
import type { Arrival, Conversation } from "./conversation.ts";
import { handshake } from "./conversation.ts";
import type { HttpResponse } from "./http-exchange.ts";

const server = "kube-apiserver";

/** Signed by the cluster's own authority, which no client outside of it trusts. */
const certificate = unsignedCertificate("kube-apiserver", ["kubernetes", "kubernetes.default"], 0);

/** What everybody may ask without a name (ClusterRole system:public-info-viewer). */
const open: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz"]);

/** What kube-apiserver answers to somebody without credentials. `kubectl` and the cluster's `api` ask it with credentials. */
export function askApiServer({ request, tls: client }: Arrival): Conversation {
  if (client === undefined) return { server, response: plainAnswer };
  const { tls, failure } = handshake(client, certificate, "h2");
  if (failure !== undefined) return { server, tls, failure };
  const path = request.target.split("?")[0]!;
  if (request.headers.authorization !== undefined || /^\/apis?\/./.test(path) || path === "/version") {
    throw new UnsupportedError(`HTTP to kube-apiserver at ${path}`, "kubectl asks it");
  }
  if (open.has(path)) return { server, tls, response: answer(200, "text/plain; charset=utf-8", "ok") };
  return {
    server,
    tls,
    response: answer(403, "application/json", `${JSON.stringify(forbidden(path), undefined, 2)}\n`),
  };
}

/** Go's server to HTTP on a port of TLS. */
const plainAnswer: HttpResponse = {
  status: 400,
  headers: {},
  cookies: [],
  body: "Client sent an HTTP request to an HTTPS server.\n",
};

function answer(status: number, type: string, body: string): HttpResponse {
  const headers = { "content-type": type, "x-content-type-options": "nosniff" };
  return { status, headers: { ...headers, "content-length": String(body.length) }, cookies: [], body };
}

function forbidden(path: string): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: `forbidden: User "system:anonymous" cannot get path "${path}"`,
    reason: "Forbidden",
    details: {},
    code: 403,
  };
}
