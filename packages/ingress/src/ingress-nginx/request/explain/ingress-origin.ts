import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { Origin } from "@kubenetsim/core/trace/origin";
import { annotationsPrefix } from "../../annotations/annotation-reader.ts";
import { defaultServerName, type Location } from "../../model/configuration.ts";

/** `Ingress shop/web` */
export function titleOf({ metadata: { namespace = "", name } }: Ingress): string {
  return `Ingress ${namespace}/${name}`;
}

/** The annotation of an Ingress that asks for something: the first of these names that it has; undefined for none. */
export function annotationOrigin(ingress: Ingress | undefined, ...names: readonly string[]): Origin | undefined {
  const annotations = ingress?.metadata.annotations ?? {};
  const name = names.map((each) => `${annotationsPrefix}/${each}`).find((each) => annotations[each] !== undefined);
  if (ingress === undefined || name === undefined) return undefined;
  const short = name.slice(annotationsPrefix.length + 1);
  return {
    object: titleOf(ingress),
    reason: `${short}: ${annotations[name]}`,
    field: ["metadata", "annotations", name],
  };
}

/** The rule that names a host; its aliases stand in an annotation. */
export function hostOrigin(ingress: Ingress | undefined, hostname: string): Origin | undefined {
  if (ingress === undefined) return undefined;
  const index = ruleOf(ingress, hostname);
  if (index < 0) return { object: titleOf(ingress), reason: "default backend", field: ["spec", "defaultBackend"] };
  const field = ["spec", "rules", index, ...(hostname === defaultServerName ? [] : ["host"])];
  return { object: titleOf(ingress), reason: `host ${hostname}`, field };
}

/** The path of a rule that a location was made for; for one that was made for the host as such, the host. */
export function pathOrigin(location: Location, hostname: string): Origin | undefined {
  const { ingress, isDefaultBackend, path } = location;
  if (ingress === undefined || isDefaultBackend) return hostOrigin(ingress, hostname);
  const wanted = location.ingressPath || path;
  const rules = ingress.spec.rules ?? [];
  for (const [i, rule] of rules.entries()) {
    if ((rule.host || defaultServerName) !== hostname) continue;
    const at = (rule.http?.paths ?? []).findIndex((each) => (each.path || "/") === wanted);
    if (at >= 0) {
      return { object: titleOf(ingress), reason: `path ${wanted}`, field: ["spec", "rules", i, "http", "paths", at] };
    }
  }
  return hostOrigin(ingress, hostname);
}

/** The TLS that an Ingress asks for. */
export function tlsOrigin(ingress: Ingress | undefined): Origin | undefined {
  if (ingress === undefined || (ingress.spec.tls ?? []).length === 0) return undefined;
  return { object: titleOf(ingress), reason: "tls", field: ["spec", "tls"] };
}

function ruleOf({ spec: { rules = [] } }: Ingress, hostname: string): number {
  return rules.findIndex(({ host }) => (host || defaultServerName) === hostname);
}
