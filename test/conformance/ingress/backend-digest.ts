import type { Backend, Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { formatEndpoint } from "@kubenetsim/ingress/ingress-nginx/model/endpoint-text";
import type { BackendDigest } from "./ingress-case.ts";

/** Backends as the controller posted them to the balancer, without what is empty. */
export function backendDigests({ backends }: Configuration): BackendDigest[] {
  return backends.map((backend) => ({
    name: backend.name,
    endpoints: backend.endpoints.map(formatEndpoint),
    ...(backend.noServer && { noServer: true, policy: { ...backend.trafficShaping } }),
    ...(backend.alternativeBackends.length > 0 && { alternativeBackends: backend.alternativeBackends }),
    ...affinityDigest(backend),
    ...hashDigest(backend),
    ...(backend.loadBalance !== "" && { "load-balance": backend.loadBalance }),
  }));
}

function affinityDigest({ sessionAffinity: { type, mode, cookie, locations } }: Backend): object {
  if (type === "") return {};
  const attributes = {
    name: cookie.name,
    expires: cookie.expires,
    maxage: cookie.maxAge,
    locations,
    secure: cookie.secure,
    path: cookie.path,
    domain: cookie.domain,
    samesite: cookie.sameSite,
    conditional_samesite_none: cookie.conditionalSameSiteNone,
    change_on_failure: cookie.changeOnFailure,
  };
  const given = Object.entries(attributes).filter(([, value]) => value !== "" && value !== false);
  return { affinity: { name: type, mode, cookieSessionAffinity: Object.fromEntries(given) } };
}

function hashDigest({ upstreamHashBy: { expression, subset, subsetSize } }: Backend): object {
  if (expression === "") return {};
  return {
    hash: {
      "upstream-hash-by": expression,
      ...(subset && { "upstream-hash-by-subset": true }),
      "upstream-hash-by-subset-size": subsetSize,
    },
  };
}
