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
  const rules = (spec.rules ?? []).filter(({ host = "" }) => (host || defaultServerName) === hostname);
  const paths = rules.flatMap(({ http }) => http?.paths ?? []);
  const backend = paths.find((each) => each.path === path && each.backend.service !== undefined)?.backend;
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    path,
    ...serviceOf(backend ?? spec.defaultBackend),
  };
}

function serviceOf(backend: IngressBackend | undefined): Pick<IngressInformation, "service" | "port"> {
  const { name = "", port } = backend?.service ?? {};
  return { service: name, port: (port?.number ?? 0) > 0 ? String(port!.number) : (port?.name ?? "") };
}
