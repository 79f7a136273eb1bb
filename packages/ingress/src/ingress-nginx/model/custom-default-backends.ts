import { type Backend, defaultBackendName, type Location } from "./configuration.ts";
import type { ModelSource } from "./model-source.ts";
import { endpointsOfSlices, keyOf } from "./service-endpoints.ts";

/**
 * A server's locations, and a backend for each whose own default backend is needed: because its backend has no endpoints, then the
 * location is sent there, or because it has status codes of its own (internal/ingress/controller/controller.go
 * `getBackendServers`). Two locations with the same Service make two backends of one name.
 */
export function addCustomDefaultBackends(
  source: ModelSource,
  locations: readonly Location[],
  backendOf: (name: string) => Backend | undefined,
): { readonly locations: readonly Location[]; readonly backends: readonly Backend[] } {
  const backends: Backend[] = [];
  const sent = locations.map((location) => {
    const { defaultBackend: service, customHttpErrors } = location.annotations;
    if (service === undefined || location.backend === defaultBackendName) return location;
    const backend = backendOf(location.backend);
    if (backend === undefined || (backend.endpoints.length > 0 && customHttpErrors.length === 0)) return location;
    const port = service.spec.ports?.[0];
    if (port === undefined) {
      const text = `Custom default backend service ${keyOf(service)} has no ports. Ignoring`;
      source.log.error("controller.go:947", text);
      return location;
    }
    const endpoints = endpointsOfSlices(source, service, port);
    if (endpoints.length === 0) return location;
    const name = `custom-default-backend-${keyOf(service).replace("/", "-")}`;
    backends.push({ ...backend, name, endpoints });
    return {
      ...location,
      defaultBackendUpstream: name,
      backend: backend.endpoints.length === 0 ? name : location.backend,
    };
  });
  return { locations: backends.length === 0 ? locations : sent, backends };
}
