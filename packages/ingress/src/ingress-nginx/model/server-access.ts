import { quoted } from "../../controller-log.ts";
import type { ClientCertificates } from "../annotations/client-certificates.ts";
import type { EndpointTls } from "../annotations/endpoint-tls.ts";
import { defaultBackendName, defaultServerName, type Location } from "./configuration.ts";
import { isOfCanary } from "./ingress-index.ts";
import type { HostUse } from "./ingress-uses.ts";
import type { PlacedLog } from "./placed-log.ts";

/** What counts for a whole server: of its Ingresses the first that says it. */
export interface ServerAccess {
  readonly clientCertificates: ClientCertificates | undefined;
  /** Why it answers 403 to all. */
  readonly clientCertificatesDenied: string | undefined;
  readonly endpointTls: EndpointTls | undefined;
  /** An Ingress asks for its TLS to be passed on as it is, to what answers `/`. */
  readonly sslPassthrough: boolean;
  /** The server's own `ssl_ciphers`; empty for those of all. */
  readonly ciphers: string;
  /** Whether the server's order of ciphers counts: `true`, `false`, or empty for what counts for all. */
  readonly preferServerCiphers: string;
}

/** internal/ingress/controller/controller.go `getBackendServers`, `createServers`. */
export function serverAccess(uses: readonly HostUse[]): ServerAccess {
  let clientCertificates: ClientCertificates | undefined;
  let clientCertificatesDenied: string | undefined;
  let endpointTls: EndpointTls | undefined;
  let sslPassthrough = false;
  let [ciphers, preferServerCiphers] = ["", ""];
  for (const use of uses) {
    if (use.isCatchAll) continue;
    const { annotations } = use.parsed;
    if (!isOfCanary(use)) {
      sslPassthrough ||= annotations.sslPassthrough;
      ciphers ||= annotations.fileOnly["ssl-ciphers"] ?? "";
      preferServerCiphers ||= annotations.fileOnly["ssl-prefer-server-ciphers"] ?? "";
    }
    if (use.paths.length === 0 && use.host !== defaultServerName) continue;
    clientCertificatesDenied ??= annotations.clientCertificatesDenied;
    if ((clientCertificates?.authorities ?? "") === "") clientCertificates = annotations.clientCertificates;
    if (endpointTls?.hasAuthorities !== true) endpointTls = annotations.endpointTls;
  }
  return { clientCertificates, clientCertificatesDenied, endpointTls, sslPassthrough, ciphers, preferServerCiphers };
}

/** What TLS for a host is passed on to, byte by byte. */
export interface PassthroughBackend {
  readonly hostname: string;
  readonly backend: string;
  /** namespace/name of the Service; empty for none. */
  readonly service: string;
  readonly port: string;
}

/** The location `/` of a server whose TLS is passed on: others are passed over. */
export function passthroughOf(
  hostname: string,
  locations: readonly Location[],
  log: PlacedLog,
): PassthroughBackend | undefined {
  for (const { path, backend, service, port } of locations) {
    if (path === "/") return { hostname, backend, service, port };
    const text = `Ignoring SSL Passthrough for location ${quoted(path)} in server ${quoted(hostname)}`;
    log.warn("controller.go:672", text);
  }
  return undefined;
}

/**
 * A server's locations, of which those are told that lead to backends whose TLS is passed on: the one of `/`, where pages of errors come
 * from another backend (internal/ingress/controller/controller.go `getBackendServers`).
 */
export function withPassthrough(locations: readonly Location[], before: readonly Location[]): readonly Location[] {
  const passed = before.filter(({ path, backend, annotations: { defaultBackend, customHttpErrors } }) => {
    const hasOther = (defaultBackend?.spec.ports?.length ?? 0) > 0 && customHttpErrors.length > 0;
    return path === "/" && backend !== defaultBackendName && hasOther;
  });
  const names = new Set(passed.map(({ backend }) => backend));
  return locations.map((location) => (names.has(location.backend) ? { ...location, isPassedThrough: true } : location));
}
