import type { IngressPath } from "@kubenetsim/core/model/ingress";
import { defaultBackendName, defaultServerName, type PathType } from "./configuration.ts";
import { backendName, namespaceOf } from "./create-backends.ts";
import { hostOf } from "./create-servers.ts";
import type { BackendDraft, BackendDrafts, ServerDraft, ServerDrafts } from "./drafts.ts";
import type { ModelSource, ParsedIngress } from "./model-source.ts";

/**
 * A location for each path of each rule (internal/ingress/controller/controller.go `getBackendServers`). Where the host has a
 * location of the same path and type already, the older Ingress wins, but one that was made for the host gives way. Only
 * the first location of the path is looked at. Paths to the backend of a canary make none.
 */
export function addPaths(source: ModelSource, backends: BackendDrafts, servers: ServerDrafts): void {
  for (const parsed of source.ingresses) {
    for (const rule of parsed.ingress.spec.rules ?? []) {
      const host = hostOf(rule);
      const server = servers.get(host) ?? servers.get(defaultServerName)!;
      for (const path of rule.http?.paths ?? []) {
        if (path.backend.service === undefined) continue;
        const backend = backends.get(backendName(namespaceOf(parsed), path.backend.service))!;
        if (backend.noServer) continue;
        addPath(server, parsed, path, backend);
        keepAffinity(source, parsed, backend, host, server, path.path ?? "");
      }
    }
  }
}

function addPath(
  server: ServerDraft,
  { ingress, annotations }: ParsedIngress,
  rule: IngressPath,
  backend: BackendDraft,
): void {
  const path = rule.path || "/";
  const pathType = rule.pathType as PathType;
  const taken = server.locations.find((location) => location.path === path);
  const isSame = taken?.pathType === pathType;
  if (isSame && !taken.isDefaultBackend) return;
  const location = {
    path,
    pathType,
    ingressPath: "",
    isDefaultBackend: false,
    backend: backend.name,
    service: backend.service,
    port: backend.port,
    ingress,
    annotations,
    defaultBackendUpstream: defaultBackendName,
  };
  if (isSame) Object.assign(taken, location);
  else server.locations.push(location);
  if (annotations.redirect.fromToWww) server.redirectFromToWww = true;
}

/** The first Ingress says whether a backend keeps its clients, the last one what its cookie is like. */
function keepAffinity(
  { log }: ModelSource,
  { annotations }: ParsedIngress,
  backend: BackendDraft,
  host: string,
  server: ServerDraft,
  path: string,
): void {
  const { sessionAffinity, rewrite } = annotations;
  const before = backend.sessionAffinity;
  const type = before.type || sessionAffinity.type;
  const mode = before.mode || sessionAffinity.mode;
  if (sessionAffinity.type !== "cookie") {
    backend.sessionAffinity = { ...before, type, mode };
    return;
  }
  if (rewrite.useRegex && sessionAffinity.cookie.path === "") {
    log.warn("controller.go:886", "session-cookie-path should be set when use-regex is true");
  }
  const locations: Record<string, readonly string[]> = { ...before.locations };
  for (const name of [host, ...server.aliases]) locations[name] = [...(locations[name] ?? []), path];
  backend.sessionAffinity = { type, mode, cookie: sessionAffinity.cookie, locations };
}
