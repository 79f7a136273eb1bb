import { quoted } from "../../controller-log.ts";
import { blankAnnotations } from "../annotations/ingress-annotations.ts";
import { noRedirect } from "../annotations/redirect.ts";
import { noRewrite } from "../annotations/rewrite.ts";
import { defaultBackendName, defaultServerName } from "./configuration.ts";
import { backendName, namespaceOf } from "./create-backends.ts";
import type { BackendDrafts, LocationDraft, ServerDraft, ServerDrafts } from "./drafts.ts";
import type { ModelSource, ParsedIngress } from "./model-source.ts";
import { chooseCertificate } from "./server-certificate.ts";

/**
 * A server for each host that a rule names, with its location `/` (internal/ingress/controller/controller.go `createServers`).
 * The first Ingress to name a host speaks for that location. Canaries make no servers.
 */
export function createServers(source: ModelSource, backends: BackendDrafts): ServerDrafts {
  const servers: ServerDrafts = new Map([[defaultServerName, defaultServer(source, backends)]]);
  const ingresses = source.ingresses.filter(({ annotations }) => !annotations.canary.enabled);
  for (const parsed of ingresses) addHosts(parsed, backends, servers);
  const aliases = nameAndCertify(source, ingresses, servers);
  for (const [host, names] of aliases) {
    servers.get(host)!.aliases = names.filter((name) => name !== host && !servers.has(name));
  }
  return servers;
}

/** The host that a rule is for; `_` for all. */
export function hostOf({ host = "" }: { host?: string }): string {
  return host === "" ? defaultServerName : host;
}

function rootLocation(backend: string): Omit<LocationDraft, "annotations"> {
  return {
    path: "/",
    pathType: "Prefix",
    ingressPath: "",
    isDefaultBackend: true,
    backend,
    service: "",
    port: "",
    ingress: undefined,
    defaultBackendUpstream: defaultBackendName,
  };
}

function defaultServer({ settings, defaultCertificate }: ModelSource, backends: BackendDrafts): ServerDraft {
  const { service } = backends.get(defaultBackendName)!;
  const location = { ...rootLocation(defaultBackendName), service, defaultBackendUpstream: "" };
  return {
    hostname: defaultServerName,
    aliases: [],
    certificate: defaultCertificate,
    redirectFromToWww: false,
    locations: [{ ...location, annotations: blankAnnotations(settings) }],
  };
}

function addHosts(parsed: ParsedIngress, backends: BackendDrafts, servers: ServerDrafts): void {
  const { ingress, annotations } = parsed;
  const { defaultBackend, rules = [] } = ingress.spec;
  let root = defaultBackendName;
  if (defaultBackend?.service !== undefined) {
    root = backendName(namespaceOf(parsed), defaultBackend.service);
    if (rules.length === 0) takeCatchAll(parsed, root, backends, servers);
  }
  for (const rule of rules) {
    const hostname = hostOf(rule);
    if (servers.has(hostname)) continue;
    servers.set(hostname, {
      hostname,
      aliases: [],
      certificate: undefined,
      redirectFromToWww: false,
      locations: [{ ...rootLocation(root), ingress, annotations }],
    });
  }
}

/** An Ingress without rules answers for all other names; its redirects and rewrites do not count there. */
function takeCatchAll(
  { ingress, annotations }: ParsedIngress,
  backend: string,
  backends: BackendDrafts,
  servers: ServerDrafts,
): void {
  const location = servers.get(defaultServerName)!.locations[0]!;
  if (!location.isDefaultBackend) return;
  location.isDefaultBackend = false;
  location.backend = backend;
  location.service = backends.get(backend)!.service;
  location.ingress = ingress;
  location.annotations = { ...annotations, redirect: noRedirect, rewrite: noRewrite };
  location.defaultBackendUpstream = defaultBackendName;
}

/** Of each server the first aliases and the first certificate; the answer is the aliases as the Ingresses have them. */
function nameAndCertify(
  source: ModelSource,
  ingresses: readonly ParsedIngress[],
  servers: ServerDrafts,
): Map<string, readonly string[]> {
  const aliases = new Map<string, readonly string[]>();
  for (const { ingress, annotations } of ingresses) {
    for (const rule of ingress.spec.rules ?? []) {
      const host = hostOf(rule);
      const server = servers.get(host)!;
      if (server.aliases.length > 0) {
        const key = `${ingress.metadata.namespace ?? ""}/${ingress.metadata.name}`;
        const text = `Aliases already configured for server ${quoted(host)}, skipping (Ingress ${quoted(key)})`;
        source.log.warn("controller.go:1422", text);
      } else {
        server.aliases = annotations.aliases;
        if ((aliases.get(host) ?? []).length === 0) aliases.set(host, annotations.aliases);
      }
      server.certificate ??= chooseCertificate(source, ingress, host);
    }
  }
  return aliases;
}
