import type { Backend, Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { formatEndpoint } from "@kubenetsim/ingress/ingress-nginx/model/endpoint-text";
import type { BackendDigest } from "./ingress-case.ts";
import { postedCookie } from "./posted-cookie.ts";

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

function affinityDigest(backend: Backend): object {
  const { type, mode } = backend.sessionAffinity;
  if (type === "") return {};
  const given = Object.entries(postedCookie(backend)).filter(([, value]) => value !== "" && value !== false);
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
