import type { Ingress, IngressBackend } from "@kubenetsim/core/model/ingress";
import { defaultServerName } from "../model/configuration.ts";

/** What a location says of the Ingress that speaks for it. Empty texts where none does. */
export interface IngressInformation {
  readonly namespace: string;
  readonly name: string;
  readonly service: string;
  readonly port: string;
  readonly path: string;
}

/**
 * internal/ingress/controller/template/template.go `getIngressInformation`: the Service of the first rule with this host and path,
 * whatever its type, else that of the Ingress's default backend.
 */
export function ingressInformation(
  ingress: Ingress | undefined,
  hostname: string,
  ingressPath: string,
): IngressInformation {
  if (ingress === undefined) return { namespace: "", name: "", service: "", port: "", path: "" };
  const path = ingressPath || "/";
  const { metadata, spec } = ingress;
  const backend = backendsOf(ingress).get(`${hostname} ${path}`);
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    path,
    ...serviceOf(backend ?? spec.defaultBackend),
  };
}

/** By host and path, the first that names a Service; an Ingress may have thousands of them. */
function backendsOf(ingress: Ingress): ReadonlyMap<string, IngressBackend> {
  let backends = known.get(ingress);
  if (backends !== undefined) return backends;
  backends = new Map();
  for (const { host, http } of ingress.spec.rules ?? []) {
    for (const { path, backend } of http?.paths ?? []) {
      const key = `${host || defaultServerName} ${path}`;
      if (backend.service !== undefined && !backends.has(key)) backends.set(key, backend);
    }
  }
  known.set(ingress, backends);
  return backends;
}

const known = new WeakMap<Ingress, Map<string, IngressBackend>>();

function serviceOf(backend: IngressBackend | undefined): Pick<IngressInformation, "service" | "port"> {
  const { name = "", port } = backend?.service ?? {};
  return { service: name, port: (port?.number ?? 0) > 0 ? String(port!.number) : (port?.name ?? "") };
}
