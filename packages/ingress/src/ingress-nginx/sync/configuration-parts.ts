import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { Backend, Configuration, Endpoint, Location, Server, StreamService } from "../model/configuration.ts";

/**
 * Whether nginx's file is the same for two configurations: servers and locations without certificates, and the settings
 * (pkg/util/ingress `IsDynamicConfigurationEnough`, pkg/apis/ingress/types_equals.go). Labels of an Ingress are no part of it.
 */
export function sameFile(before: Configuration, after: Configuration): boolean {
  if (before.servers.length !== after.servers.length) return false;
  if (before.settings !== after.settings && !sameJson(before.settings, after.settings)) return false;
  if (!sameJson(before.defaultCertificate, after.defaultCertificate)) return false;
  if (!sameJson(filePartOfStreams(before), filePartOfStreams(after))) return false;
  return before.servers.every((server, i) => sameServer(server, after.servers[i]!));
}

/** `clearL4serviceEndpoints`. */
function filePartOfStreams({ tcpServices, udpServices }: Configuration): unknown {
  return [...tcpServices, ...udpServices].map(({ endpoints: _endpoints, ...service }: StreamService) => service);
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
  if (before === after) return true;
  return before.denied === after.denied && sameJson(filePart(before), filePart(after));
}

/** Without what only the balancer hears of, and without what the program overlooks, such as `preserve-trailing-slash`. */
function filePart(annotations: IngressAnnotations): unknown {
  const {
    aliases: _aliases,
    canary: _canary,
    sessionAffinity: _sessionAffinity,
    upstreamHashBy: _upstreamHashBy,
    loadBalance: _loadBalance,
    serviceUpstream: _serviceUpstream,
    defaultBackend: _defaultBackend,
    basicAuth,
    customHttpErrors,
    rewrite: { preserveTrailingSlash: _preserve, ...rewrite },
    ...rest
  } = annotations;
  const { secretType: _secretType, ...auth } = basicAuth ?? { secretType: "" };
  return { ...rest, rewrite, auth, customHttpErrors: [...customHttpErrors].sort() };
}

/**
 * Whether the program finds that nginx's Lua knows the same, and tells it nothing: backends and certificates. It overlooks the paths where a
 * cookie is set, whether one changes on failure, the whole of a canary's weight, and whether a Service is of type
 * ExternalName.
 */
export function sameBalancing(before: Configuration, after: Configuration): boolean {
  return (
    before.servers.every(({ certificate }, i) => sameJson(certificate, after.servers[i]?.certificate)) &&
    sameJson(before.tcpServices, after.tcpServices) &&
    sameJson(before.udpServices, after.udpServices) &&
    sameElements(before.backends, after.backends, sameBackend)
  );
}

function sameBackend(before: Backend, after: Backend): boolean {
  if (before === after) return true;
  return (
    before.name === after.name &&
    sameJson(balancingPart(before), balancingPart(after)) &&
    sameElements(before.endpoints, after.endpoints, sameEndpoint) &&
    sameElements(before.alternativeBackends, after.alternativeBackends, Object.is)
  );
}

function balancingPart({ noServer, service, port, upstreamHashBy, loadBalance, ...rest }: Backend): unknown {
  const { type, mode, cookie } = rest.sessionAffinity;
  const { changeOnFailure: _changes, ...cookiePart } = cookie;
  const { weightTotal: _total, ...trafficShaping } = rest.trafficShaping;
  return { noServer, service, port, upstreamHashBy, loadBalance, type, mode, cookiePart, trafficShaping };
}

function sameEndpoint(before: Endpoint, after: Endpoint): boolean {
  return before.address === after.address && before.port === after.port && before.target === after.target;
}

/** pkg/util/sets `Compare`: in any order. */
function sameElements<T>(before: readonly T[], after: readonly T[], isSame: (left: T, right: T) => boolean): boolean {
  if (before.length !== after.length) return false;
  if (before.every((each, i) => isSame(each, after[i]!))) return true;
  const left = [...after];
  return before.every((each) => {
    const at = left.findIndex((other) => isSame(each, other));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function sameJson(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
