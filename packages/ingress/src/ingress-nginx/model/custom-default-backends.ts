import { defaultBackendName } from "./configuration.ts";
import type { BackendDraft, BackendDrafts, LocationDraft, ServerDrafts } from "./drafts.ts";
import type { ModelSource } from "./model-source.ts";
import { endpointsOfSlices, keyOf } from "./service-endpoints.ts";

/**
 * All backends, and one more for each location whose own default backend is needed: because its backend has no endpoints, then the
 * location is sent there, or because it has status codes of its own (internal/ingress/controller/controller.go
 * `getBackendServers`). Two locations with the same Service make two backends of one name.
 */
export function addCustomDefaultBackends(
  source: ModelSource,
  backends: BackendDrafts,
  servers: ServerDrafts,
): BackendDraft[] {
  const all: BackendDraft[] = [];
  const locations = locationsByBackend(servers);
  for (const backend of backends.values()) {
    all.push(backend);
    if (backend.name === defaultBackendName) continue;
    for (const location of locations.get(backend.name) ?? []) {
      const { defaultBackend: service, customHttpErrors } = location.annotations;
      if (service === undefined || (backend.endpoints.length > 0 && customHttpErrors.length === 0)) continue;
      const port = service.spec.ports?.[0];
      if (port === undefined) {
        const text = `Custom default backend service ${keyOf(service)} has no ports. Ignoring`;
        source.log.error("controller.go:947", text);
        continue;
      }
      const endpoints = endpointsOfSlices(source, service, port);
      if (endpoints.length === 0) continue;
      const name = `custom-default-backend-${keyOf(service).replace("/", "-")}`;
      all.push({ ...backend, name, endpoints });
      location.defaultBackendUpstream = name;
      if (backend.endpoints.length === 0) location.backend = name;
    }
  }
  return all;
}

function locationsByBackend(servers: ServerDrafts): Map<string, LocationDraft[]> {
  const locations = new Map<string, LocationDraft[]>();
  for (const location of [...servers.values()].flatMap((server) => server.locations)) {
    const known = locations.get(location.backend);
    if (known === undefined) locations.set(location.backend, [location]);
    else known.push(location);
  }
  return locations;
}
