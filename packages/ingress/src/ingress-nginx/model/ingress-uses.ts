import type { IngressBackend, IngressPath, IngressRule } from "@kubenetsim/core/model/ingress";
import { defaultServerName } from "./configuration.ts";
import type { Place } from "./ingress-order.ts";
import type { ParsedIngress } from "./model-source.ts";

export type ServiceBackend = NonNullable<IngressBackend["service"]>;

/** A place where an Ingress names a Service and port. */
export interface BackendUse extends Place {
  /** Of the backend. */
  readonly name: string;
  readonly service: ServiceBackend;
  /** The host of the rule, `_` for all. */
  readonly host: string;
  /** undefined for the default backend of the Ingress. */
  readonly path: IngressPath | undefined;
}

/** A rule, which names a host; or an Ingress that has none and answers for all others with its default backend. */
export interface HostUse extends Place {
  readonly host: string;
  readonly isCatchAll: boolean;
  /** Paths that lead to a Service. */
  readonly paths: readonly BackendUse[];
}

/** What an Ingress names, in its own order: its default backend, then rules with their paths. */
export interface IngressUses {
  readonly backends: readonly BackendUse[];
  readonly hosts: readonly HostUse[];
}

export function usesOf(parsed: ParsedIngress): IngressUses {
  const { defaultBackend, rules = [] } = parsed.ingress.spec;
  const backends: BackendUse[] = [];
  const hosts: HostUse[] = [];
  const use = (service: ServiceBackend, host: string, path: IngressPath | undefined): BackendUse => {
    const name = backendName(namespaceOf(parsed), service);
    const made = { parsed, at: backends.length, name, service, host, path };
    backends.push(made);
    return made;
  };
  if (defaultBackend?.service !== undefined) {
    use(defaultBackend.service, defaultServerName, undefined);
    if (rules.length === 0) hosts.push({ parsed, at: 0, host: defaultServerName, isCatchAll: true, paths: [] });
  }
  for (const rule of rules) {
    const host = hostOf(rule);
    const paths = (rule.http?.paths ?? []).flatMap((path) => {
      return path.backend.service === undefined ? [] : [use(path.backend.service, host, path)];
    });
    hosts.push({ parsed, at: hosts.length, host, isCatchAll: false, paths });
  }
  return { backends, hosts };
}

/** The host that a rule is for; `_` for all. */
export function hostOf({ host = "" }: Pick<IngressRule, "host">): string {
  return host === "" ? defaultServerName : host;
}

export function namespaceOf({ ingress }: ParsedIngress): string {
  return ingress.metadata.namespace ?? "";
}

/** `upstreamName`: namespace, Service and its port as the Ingress writes it. */
export function backendName(namespace: string, service: ServiceBackend | undefined): string {
  const port = service === undefined ? "" : portText(service);
  return service === undefined || port === "" ? `${namespace}-INVALID` : `${namespace}-${service.name}-${port}`;
}

export function portText({ port }: ServiceBackend): string {
  return (port?.number ?? 0) > 0 ? String(port!.number) : (port?.name ?? "");
}
