import type { Configuration, Location } from "../model/configuration.ts";

const filePartOf = new WeakMap<Configuration, string>();

/**
 * What of a configuration stands in nginx's file, as text to compare: servers and locations without certificates, and the settings
 * (pkg/util/ingress `IsDynamicConfigurationEnough`, pkg/apis/ingress/types_equals.go). Labels of an Ingress are no part of it.
 */
export function filePart(configuration: Configuration): string {
  const known = filePartOf.get(configuration);
  if (known !== undefined) return known;
  const servers = configuration.servers.map(({ certificate: _, locations, ...server }) => {
    return { ...server, locations: locations.map(locationPart) };
  });
  const text = JSON.stringify([servers, configuration.settings]);
  filePartOf.set(configuration, text);
  return text;
}

/** `Location.Equal`, which overlooks the Ingress itself, its path and `preserve-trailing-slash`. */
function locationPart({ ingress: _, ingressPath: __, pathType: ___, annotations, ...location }: Location): unknown {
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
  return { ...location, ...rest, rewrite };
}

/** What nginx's Lua is told without another file: backends and certificates. */
export function balancedPart({ backends, servers }: Configuration): string {
  return JSON.stringify([backends, servers.map(({ certificate }) => certificate)]);
}
