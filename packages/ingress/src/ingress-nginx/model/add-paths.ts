import type { IngressPath } from "@kubenetsim/core/model/ingress";
import { defaultBackendName, type Location, type PathType } from "./configuration.ts";
import type { BackendPlace } from "./create-servers.ts";
import type { LocationDraft } from "./drafts.ts";
import type { HostUse } from "./ingress-uses.ts";
import type { ParsedIngress } from "./model-source.ts";

/** The locations of a server in the order in which they came. */
export interface ServerPaths {
  readonly locations: readonly Location[];
  readonly redirectFromToWww: boolean;
}

/**
 * A location for each path of each rule of a server (internal/ingress/controller/controller.go `getBackendServers`). Where it has a
 * location of the same path and type already, the older Ingress wins, but one that was made for the host gives way. Only
 * the first location of the path is looked at. Paths to the backend of a canary make none.
 */
export function addPaths(
  root: Location,
  uses: readonly HostUse[],
  backendOf: (name: string) => BackendPlace | undefined,
): ServerPaths {
  const locations: LocationDraft[] = [root];
  const first = new Map<string, number>([[root.path, 0]]);
  let redirectFromToWww = false;
  for (const { parsed, paths } of uses) {
    for (const { name, path: rule } of paths) {
      const backend = backendOf(name)!;
      if (backend.noServer) continue;
      const location = locationOf(parsed, rule!, backend);
      const at = first.get(location.path);
      const taken = at === undefined ? undefined : locations[at]!;
      const isSame = taken?.pathType === location.pathType;
      if (isSame && !taken.isDefaultBackend) {
        locations[at!] = { ...taken, passedOver: [...(taken.passedOver ?? []), parsed.ingress] };
        continue;
      }
      if (isSame) locations[at!] = location;
      else locations.push(location);
      if (at === undefined) first.set(location.path, locations.length - 1);
      redirectFromToWww ||= parsed.annotations.redirect.fromToWww;
    }
  }
  return { locations, redirectFromToWww };
}

function locationOf({ ingress, annotations }: ParsedIngress, rule: IngressPath, backend: BackendPlace): Location {
  return {
    path: rule.path || "/",
    pathType: rule.pathType as PathType,
    ingressPath: "",
    isDefaultBackend: false,
    backend: backend.name,
    service: backend.service,
    port: backend.port,
    ingress,
    annotations,
    defaultBackendUpstream: defaultBackendName,
  };
}
