import { type Backend, defaultBackendName, defaultServerName, type Location } from "./configuration.ts";
import { backendName, hostOf, namespaceOf } from "./ingress-uses.ts";
import type { ParsedIngress } from "./model-source.ts";
import type { PlacedLog } from "./placed-log.ts";

/** What canaries ask of a backend, and what they change of it. */
export type MergedBackend = Pick<Backend, "name" | "noServer" | "alternativeBackends" | "sessionAffinity">;

/** The model as canaries find it. */
export interface CanarySource {
  readonly log: PlacedLog;
  /** The locations of a host; undefined where it has no server. */
  locationsOf(host: string): readonly Location[] | undefined;
  backendOf(name: string): MergedBackend | undefined;
}

/**
 * Gives the backends of canaries to the backends of the same host, path and path type (internal/ingress/controller/controller.go
 * `mergeAlternativeBackends`). One rule that finds no partner takes the canary's backend away from all; those that have it
 * as an alternative keep its name. The answer has the backends that are others then.
 */
export function mergeCanaries(
  source: CanarySource,
  canaries: readonly ParsedIngress[],
): ReadonlyMap<string, MergedBackend | undefined> {
  const backends = new ChangedBackends(source);
  for (const canary of canaries) {
    source.log.at({ parsed: canary, at: 0 });
    mergeDefaultBackend(source, canary, backends);
    mergePaths(source, canary, backends);
  }
  return backends.changes;
}

/** Backends, and what became of them meanwhile. */
class ChangedBackends {
  /** undefined for those that are taken out. */
  readonly changes = new Map<string, MergedBackend | undefined>();
  readonly #source: CanarySource;

  constructor(source: CanarySource) {
    this.#source = source;
  }

  get(name: string): MergedBackend | undefined {
    return this.changes.has(name) ? this.changes.get(name) : this.#source.backendOf(name);
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

function mergeDefaultBackend(source: CanarySource, canary: ParsedIngress, backends: ChangedBackends): void {
  const { defaultBackend } = canary.ingress.spec;
  if (defaultBackend === undefined) return;
  const name = backendName(namespaceOf(canary), defaultBackend.service);
  const locations = source.locationsOf(defaultServerName)!;
  const place = { hostname: defaultServerName, locations, matches: () => true, lines: linesOfDefault };
  mergeInto(source, canary, backends, name, place);
}

function mergePaths(source: CanarySource, canary: ParsedIngress, backends: ChangedBackends): void {
  for (const rule of canary.ingress.spec.rules ?? []) {
    const hostname = hostOf(rule);
    for (const path of rule.http?.paths ?? []) {
      if (path.backend.service === undefined) continue;
      const name = backendName(namespaceOf(canary), path.backend.service);
      const locations = source.locationsOf(hostname);
      if (locations === undefined && backends.get(name) !== undefined) {
        const text = `cannot merge alternative backend ${name} into hostname ${hostname} that does not exist`;
        source.log.error("controller.go:1680", text);
        continue;
      }
      const matches = (location: Location): boolean =>
        location.path === path.path && location.pathType === path.pathType;
      const place = { hostname, locations: locations ?? [], matches, lines: linesOfPath };
      mergeInto(source, canary, backends, name, place);
    }
  }
}

interface CanaryPlace {
  readonly hostname: string;
  readonly locations: readonly Location[];
  matches(location: Location): boolean;
  readonly lines: MessageLines;
}

function mergeInto(
  { log }: CanarySource,
  canary: ParsedIngress,
  backends: ChangedBackends,
  name: string,
  { hostname, locations, matches, lines }: CanaryPlace,
): void {
  const warn = (line: number, text: string): void => log.warn(`controller.go:${line}`, text);
  if (backends.get(name) === undefined) {
    warn(lines.removed, `alternative backend ${name} has already been removed`);
    return;
  }
  let isMerged = false;
  for (const location of locations) {
    const primary = backends.get(location.backend);
    const where = (): string => `location ${hostname}${location.path}`;
    if (primary === undefined) {
      warn(lines.noPrimary, `cannot find primary backend ${location.backend} for ${where()}`);
      continue;
    }
    if (primary.name === name) {
      const text = `alternative upstream ${name} in Ingress ${canary.key} is primary upstream in Other Ingress for ${where()}!`;
      warn(lines.samePrimary, text);
      return;
    }
    const canMerge = primary.name !== defaultBackendName && !primary.noServer;
    if (canMerge && matches(location)) {
      addAlternative(canary, primary, name, backends);
      isMerged = true;
    }
  }
  if (isMerged) return;
  warn(lines.noPartner, `unable to find real backend for alternative backend ${name}. Deleting.`);
  backends.changes.set(name, undefined);
}

/** The canary's backend keeps clients as the primary's does, but for the `legacy` way. */
function addAlternative(
  { annotations }: ParsedIngress,
  primary: MergedBackend,
  name: string,
  backends: ChangedBackends,
): void {
  const { alternativeBackends, sessionAffinity } = primary;
  if (alternativeBackends.includes(name)) return;
  if (annotations.sessionAffinity.canaryBehavior !== "legacy") {
    backends.changes.set(name, { ...backends.get(name)!, sessionAffinity });
  }
  backends.changes.set(primary.name, { ...primary, alternativeBackends: [...alternativeBackends, name] });
}
