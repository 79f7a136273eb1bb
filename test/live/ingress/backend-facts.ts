import type { Backend } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { postedCookie } from "../../conformance/ingress/posted-cookie.ts";
import { type Facts, flat } from "./location-facts.ts";
import type { RealBackend } from "./real-answer.ts";

interface PostedEndpoint {
  readonly address: string;
  readonly port: string;
}

/** Facts of a backend as posted to nginx's Lua, its endpoints in any order: those of several slices come as a Go map has them. */
export function realBackendFacts({ endpoints, service, ...backend }: RealBackend): Facts {
  const { spec } = (service ?? {}) as { spec?: { type?: string } };
  return flat({
    ...backend,
    port: String(backend.port),
    endpoints: ((endpoints ?? []) as readonly PostedEndpoint[]).map(({ address, port }) => `${address} ${port}`).sort(),
    isExternalName: spec?.type === "ExternalName",
  });
}

export function ownBackendFacts(backend: Backend): Facts {
  const { sessionAffinity, upstreamHashBy } = backend;
  const { type, mode } = sessionAffinity;
  return flat({
    name: backend.name,
    port: backend.port || "0",
    endpoints: backend.endpoints.map(({ address, port }) => `${address} ${port}`).sort(),
    isExternalName: backend.isExternalName,
    noServer: backend.noServer,
    alternativeBackends: backend.alternativeBackends,
    "load-balance": backend.loadBalance,
    trafficShapingPolicy: backend.trafficShaping,
    sessionAffinityConfig: {
      name: type,
      mode,
      cookieSessionAffinity: postedCookie(backend),
    },
    upstreamHashByConfig: {
      "upstream-hash-by": upstreamHashBy.expression,
      "upstream-hash-by-subset": upstreamHashBy.subset,
      "upstream-hash-by-subset-size": upstreamHashBy.subsetSize,
    },
  });
}
