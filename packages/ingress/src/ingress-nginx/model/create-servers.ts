import { type ControllerLog, quoted } from "../../controller-log.ts";
import { blankAnnotations } from "../annotations/ingress-annotations.ts";
import { noRedirect } from "../annotations/redirect.ts";
import { noRewrite } from "../annotations/rewrite.ts";
import { type Backend, defaultBackendName, defaultServerName, type Location, type Server } from "./configuration.ts";
import { isOfCanary } from "./ingress-index.ts";
import { backendName, type HostUse, namespaceOf } from "./ingress-uses.ts";
import type { ModelSource } from "./model-source.ts";
import type { PlacedLog } from "./placed-log.ts";
import { chooseCertificate } from "./server-certificate.ts";

/** A server without the paths of rules. */
export interface BareServer extends Pick<Server, "hostname" | "certificate"> {
  /** As the Ingress has them. */
  readonly aliases: readonly string[];
  readonly root: Location;
}

/** What servers and locations ask of a backend. */
export type BackendPlace = Pick<Backend, "name" | "service" | "port" | "noServer">;

/**
 * The server of a host that a rule names, with its location `/`; undefined where only canaries name it
 * (internal/ingress/controller/controller.go `createServers`). The first Ingress to name a host speaks for that location.
 */
export function createServer(
  source: ModelSource,
  hostname: string,
  uses: readonly HostUse[],
  backendOf: (name: string) => BackendPlace | undefined,
  log: PlacedLog,
): BareServer | undefined {
  const primaries = uses.filter((use) => !isOfCanary(use));
  const rules = primaries.filter(({ isCatchAll }) => !isCatchAll);
  const isDefault = hostname === defaultServerName;
  if (rules.length === 0 && !isDefault) return undefined;
  const root = isDefault ? defaultRoot(source, primaries, backendOf) : rootOf(rules[0]!);
  let aliases: readonly string[] = [];
  let certificate = isDefault ? source.defaultCertificate : undefined;
  for (const use of rules) {
    log.at(use);
    if (aliases.length > 0) warnOfAliases(source.log, use);
    else aliases = use.parsed.annotations.aliases;
    certificate ??= chooseCertificate(source, use.parsed.ingress, hostname);
  }
  return { hostname, aliases, certificate, root };
}

/** Other names of a server, without those that are servers of their own. */
export function namesOf({ hostname, aliases }: BareServer, hasServer: (host: string) => boolean): readonly string[] {
  return aliases.filter((name) => name !== hostname && !hasServer(name));
}

function warnOfAliases(log: ControllerLog, { parsed, host }: HostUse): void {
  const text = `Aliases already configured for server ${quoted(host)}, skipping (Ingress ${quoted(parsed.key)})`;
  log.warn("controller.go:1422", text);
}

function rootLocation(backend: string): Omit<Location, "annotations"> {
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

function rootOf({ parsed }: HostUse): Location {
  const { ingress, annotations } = parsed;
  const service = ingress.spec.defaultBackend?.service;
  const backend = service === undefined ? defaultBackendName : backendName(namespaceOf(parsed), service);
  return { ...rootLocation(backend), ingress, annotations };
}

/** An Ingress without rules answers for all names that no server has; its redirects and rewrites do not count there. */
function defaultRoot(
  { settings }: ModelSource,
  primaries: readonly HostUse[],
  backendOf: (name: string) => BackendPlace | undefined,
): Location {
  const catchAll = primaries.find(({ isCatchAll }) => isCatchAll)?.parsed;
  const service = catchAll?.ingress.spec.defaultBackend?.service;
  if (catchAll === undefined || service === undefined) {
    const backend = { backend: defaultBackendName, service: backendOf(defaultBackendName)!.service };
    const location = { ...rootLocation(defaultBackendName), ...backend, defaultBackendUpstream: "" };
    return { ...location, annotations: blankAnnotations(settings) };
  }
  const name = backendName(namespaceOf(catchAll), service);
  return {
    ...rootLocation(name),
    isDefaultBackend: false,
    service: backendOf(name)!.service,
    ingress: catchAll.ingress,
    annotations: { ...catchAll.annotations, redirect: noRedirect, rewrite: noRewrite },
  };
}
