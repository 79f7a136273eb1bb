import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { Backend, Configuration, Location, Server } from "../model/configuration.ts";

/**
 * Whether nginx's file is the same for two configurations: servers and locations without certificates, and the settings
 * (pkg/util/ingress `IsDynamicConfigurationEnough`, pkg/apis/ingress/types_equals.go). Labels of an Ingress are no part of it.
 */
export function sameFile(before: Configuration, after: Configuration): boolean {
  if (before.servers.length !== after.servers.length) return false;
  if (before.settings !== after.settings && !sameJson(before.settings, after.settings)) return false;
  return before.servers.every((server, i) => sameServer(server, after.servers[i]!));
}

function sameServer(before: Server, after: Server): boolean {
  if (before === after) return true;
  return (
    before.hostname === after.hostname &&
    before.redirectFromToWww === after.redirectFromToWww &&
    sameJson(before.access, after.access) &&
    before.locations.length === after.locations.length &&
    (before.aliases === after.aliases || sameJson(before.aliases, after.aliases)) &&
    before.locations.every((location, i) => sameLocation(location, after.locations[i]!))
  );
}

/** `Location.Equal`, which overlooks the Ingress itself and the type of the path. */
function sameLocation(before: Location, after: Location): boolean {
  return (
    before.path === after.path &&
    before.isDefaultBackend === after.isDefaultBackend &&
    before.backend === after.backend &&
    before.service === after.service &&
    before.port === after.port &&
    before.defaultBackendUpstream === after.defaultBackendUpstream &&
    sameAnnotations(before.annotations, after.annotations)
  );
}

/** An Ingress that did not change has the same object; else what counts for the file is compared. */
function sameAnnotations(before: IngressAnnotations, after: IngressAnnotations): boolean {
  return before === after || sameJson(filePart(before), filePart(after));
}

/** Without what only the balancer hears of, and without `preserve-trailing-slash`, which the program overlooks. */
function filePart(annotations: IngressAnnotations): unknown {
  const {
    aliases: _aliases,
    canary: _canary,
    sessionAffinity: _sessionAffinity,
    upstreamHashBy: _upstreamHashBy,
    loadBalance: _loadBalance,
    serviceUpstream: _serviceUpstream,
    defaultBackend: _defaultBackend,
    rewrite: { preserveTrailingSlash: _preserve, ...rewrite },
    ...rest
  } = annotations;
  return { ...rest, rewrite };
}

/** Whether nginx's Lua knows the same: backends and certificates. */
export function sameBalancing(before: Configuration, after: Configuration): boolean {
  return (
    before.backends.length === after.backends.length &&
    before.backends.every((backend, i) => sameBackend(backend, after.backends[i]!)) &&
    before.servers.every(({ certificate }, i) => sameJson(certificate, after.servers[i]?.certificate))
  );
}

/** Which Ingress a canary is, Lua is not told. */
function sameBackend(before: Backend, after: Backend): boolean {
  if (before === after) return true;
  const { canaryIngress: _before, ...left } = before;
  const { canaryIngress: _after, ...right } = after;
  return sameJson(left, right);
}

function sameJson(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
