import { defaultBackendName, defaultServerName } from "./configuration.ts";
import { backendName, namespaceOf } from "./create-backends.ts";
import { hostOf } from "./create-servers.ts";
import type { BackendDraft, BackendDrafts, LocationDraft, ServerDrafts } from "./drafts.ts";
import type { ModelSource, ParsedIngress } from "./model-source.ts";

/**
 * Gives the backends of canaries to the backends of the same host, path and path type (internal/ingress/controller/controller.go
 * `mergeAlternativeBackends`). One rule that finds no partner takes the canary's backend away from all; those that have it
 * as an alternative keep its name.
 */
export function mergeCanaries(source: ModelSource, backends: BackendDrafts, servers: ServerDrafts): void {
  const canaries = source.ingresses.filter(({ annotations }) => annotations.canary.enabled);
  if (canaries.length === source.ingresses.length) return;
  for (const canary of canaries) {
    mergeDefaultBackend(source, canary, backends, servers);
    mergePaths(source, canary, backends, servers);
  }
}

/** Lines of the program that say the same of a default backend and of a path. */
interface MessageLines {
  readonly removed: number;
  readonly noPrimary: number;
  readonly samePrimary: number;
  readonly noPartner: number;
}

const linesOfDefault: MessageLines = { removed: 1620, noPrimary: 1628, samePrimary: 1633, noPartner: 1647 };
const linesOfPath: MessageLines = { removed: 1671, noPrimary: 1691, samePrimary: 1696, noPartner: 1710 };

function mergeDefaultBackend(
  source: ModelSource,
  canary: ParsedIngress,
  backends: BackendDrafts,
  servers: ServerDrafts,
): void {
  const service = canary.ingress.spec.defaultBackend?.service;
  if (service === undefined) return;
  const name = backendName(namespaceOf(canary), service);
  const { locations } = servers.get(defaultServerName)!;
  const place = { hostname: defaultServerName, locations, matches: () => true, lines: linesOfDefault };
  mergeInto(source, canary, backends, name, place);
}

function mergePaths(source: ModelSource, canary: ParsedIngress, backends: BackendDrafts, servers: ServerDrafts): void {
  for (const rule of canary.ingress.spec.rules ?? []) {
    const hostname = hostOf(rule);
    for (const path of rule.http?.paths ?? []) {
      if (path.backend.service === undefined) continue;
      const name = backendName(namespaceOf(canary), path.backend.service);
      const server = servers.get(hostname);
      if (server === undefined && backends.has(name)) {
        const text = `cannot merge alternative backend ${name} into hostname ${hostname} that does not exist`;
        source.log.error("controller.go:1680", text);
        continue;
      }
      const matches = (location: LocationDraft): boolean =>
        location.path === path.path && location.pathType === path.pathType;
      mergeInto(source, canary, backends, name, {
        hostname,
        locations: server?.locations ?? [],
        matches,
        lines: linesOfPath,
      });
    }
  }
}

interface CanaryPlace {
  readonly hostname: string;
  readonly locations: readonly LocationDraft[];
  matches(location: LocationDraft): boolean;
  readonly lines: MessageLines;
}

function mergeInto(
  { log }: ModelSource,
  canary: ParsedIngress,
  backends: BackendDrafts,
  name: string,
  { hostname, locations, matches, lines }: CanaryPlace,
): void {
  const warn = (line: number, text: string): void => log.warn(`controller.go:${line}`, text);
  const alternative = backends.get(name);
  if (alternative === undefined) {
    warn(lines.removed, `alternative backend ${name} has already been removed`);
    return;
  }
  let isMerged = false;
  for (const location of locations) {
    const primary = backends.get(location.backend);
    const where = `location ${hostname}${location.path}`;
    if (primary === undefined) {
      warn(lines.noPrimary, `cannot find primary backend ${location.backend} for ${where}`);
      continue;
    }
    if (primary === alternative) {
      const { name: ingressName } = canary.ingress.metadata;
      const ingress = `${namespaceOf(canary)}/${ingressName}`;
      const text = `alternative upstream ${name} in Ingress ${ingress} is primary upstream in Other Ingress for ${where}!`;
      warn(lines.samePrimary, text);
      return;
    }
    const canMerge = primary.name !== defaultBackendName && !primary.noServer;
    if (canMerge && matches(location)) {
      addAlternative(canary, primary, alternative);
      isMerged = true;
    }
  }
  if (isMerged) return;
  warn(lines.noPartner, `unable to find real backend for alternative backend ${name}. Deleting.`);
  backends.delete(name);
}

/** The canary's backend keeps clients as the primary's does, but for the `legacy` way. */
function addAlternative({ annotations }: ParsedIngress, primary: BackendDraft, alternative: BackendDraft): void {
  if (primary.alternativeBackends.includes(alternative.name)) return;
  if (annotations.sessionAffinity.canaryBehavior !== "legacy") alternative.sessionAffinity = primary.sessionAffinity;
  primary.alternativeBackends = [...primary.alternativeBackends, alternative.name];
}
