import { DerivedTable } from "../derived/derived-table.ts";
import { InputTable, type Reader } from "../derived/table.ts";
import { addPaths, type ServerPaths } from "./add-paths.ts";
import { type Backend, type BackendAffinity, defaultServerName, type Server } from "./configuration.ts";
import { createBackend } from "./create-backends.ts";
import { type BackendPlace, type BareServer, createServer, namesOf } from "./create-servers.ts";
import { addCustomDefaultBackends } from "./custom-default-backends.ts";
import { isOfCanary, only } from "./ingress-index.ts";
import { comparePlaces } from "./ingress-order.ts";
import type { HostUse } from "./ingress-uses.ts";
import { keepAffinity, noAffinity } from "./keep-affinity.ts";
import { type MergedBackend, mergeCanaries } from "./merge-canaries.ts";
import { type ModelInputs, ReadInputs } from "./model-inputs.ts";
import type { ModelSource } from "./model-source.ts";
import { sortLocations, splitPrefixes } from "./order-locations.ts";
import { type PlacedLine, PlacedLog } from "./placed-log.ts";
import { passthroughOf, serverAccess, withPassthrough } from "./server-access.ts";

/** A value and what the program writes to its log when it makes it. */
export interface Logged<V> {
  readonly value: V | undefined;
  readonly lines: readonly PlacedLine[];
}

/** A server as the file has it, and backends that its locations have of their own. */
export interface FinalServer {
  readonly server: Server;
  readonly ownBackends: readonly Backend[];
}

/** What canaries make of backends; undefined for those that they take away. */
type CanaryChanges = ReadonlyMap<string, MergedBackend | undefined>;

/**
 * The phases of the program in their order, each by host or by name of a backend: each reads what those before it made
 * (internal/ingress/controller/controller.go `getConfiguration`, `getBackendServers`).
 */
export class ModelTables {
  /** By name of the backend. */
  readonly created: DerivedTable<Logged<Backend>>;
  readonly #places: DerivedTable<BackendPlace>;
  /** By host, as all that follow. */
  readonly #hosts: DerivedTable<true>;
  readonly bare: DerivedTable<Logged<BareServer>>;
  readonly #names: DerivedTable<readonly string[]>;
  readonly #paths: DerivedTable<ServerPaths>;
  /** By name of the backend. */
  readonly affinity: DerivedTable<Logged<BackendAffinity>>;
  readonly canaries: DerivedTable<Logged<CanaryChanges>>;
  /** By name of the backend. */
  readonly #canaryChanges = new InputTable<MergedBackend | "gone">();
  #canaryNames: readonly string[] = [];
  readonly backends: DerivedTable<Backend>;
  /** By host. */
  readonly servers: DerivedTable<Logged<FinalServer>>;
  readonly #inputs: ModelInputs;

  constructor(inputs: ModelInputs) {
    this.#inputs = inputs;
    this.created = this.#logged((name, source, log, reader) => {
      return createBackend(source, name, inputs.ingresses.backendUses.read(name, reader) ?? [], log);
    });
    this.#places = new DerivedTable((name, reader) => placeOf(this.created.read(name, reader)?.value), sameJson);
    this.#hosts = new DerivedTable((host, reader) => this.#hasServer(host, reader) || undefined);
    this.bare = this.#logged((host, source, log, reader) => {
      const uses = inputs.ingresses.hostUses.read(host, reader) ?? [];
      return createServer(source, host, uses, (name) => this.#places.read(name, reader), log);
    });
    this.#names = new DerivedTable((host, reader) => this.#namesOf(host, reader), sameJson);
    this.#paths = new DerivedTable((host, reader) => this.#pathsOf(host, reader));
    this.affinity = this.#logged((name, _, log, reader) => this.#affinityOf(name, log, reader), sameJson);
    this.canaries = this.#logged((_, __, log, reader) => this.#canaryChangesOf(log, reader));
    this.backends = new DerivedTable((name, reader) => this.#backendOf(name, reader));
    this.servers = this.#logged((host, source, log, reader) => this.#serverOf(host, source, log, reader));
  }

  /** Makes all anew that is no longer true, phase by phase. */
  refresh(): void {
    for (const table of [this.created, this.#places, this.#hosts, this.bare, this.#names, this.#paths, this.affinity]) {
      table.refresh();
    }
    this.canaries.want(only);
    this.canaries.refresh();
    this.#tellCanaryChanges();
    this.backends.refresh();
    this.servers.refresh();
  }

  /** A table whose values are made with a log. */
  #logged<V>(
    derive: (key: string, source: ModelSource, log: PlacedLog, reader: Reader) => V | undefined,
    isSame?: (before: Logged<V>, after: Logged<V>) => boolean,
  ): DerivedTable<Logged<V>> {
    return new DerivedTable((key, reader) => {
      const log = new PlacedLog();
      const value = derive(key, new ReadInputs(this.#inputs, reader, log), log, reader);
      return value === undefined && log.lines.length === 0 ? undefined : { value, lines: log.lines };
    }, isSame);
  }

  #hasServer(host: string, reader: Reader): boolean {
    const uses = this.#inputs.ingresses.hostUses.read(host, reader) ?? [];
    return host === defaultServerName || !uses.every(isOfCanary);
  }

  #namesOf(host: string, reader: Reader): readonly string[] | undefined {
    const server = this.bare.read(host, reader)?.value;
    return server && namesOf(server, (name) => this.#hosts.read(name, reader) === true);
  }

  #pathsOf(host: string, reader: Reader): ServerPaths | undefined {
    const server = this.bare.read(host, reader)?.value;
    if (server === undefined) return undefined;
    return addPaths(server.root, this.#usesOfServer(host, reader), (name) => this.#places.read(name, reader));
  }

  /** The server for all names has the paths of hosts that have no server, too. */
  #usesOfServer(host: string, reader: Reader): readonly HostUse[] {
    const { hostUses, orphanHosts } = this.#inputs.ingresses;
    const own = hostUses.read(host, reader) ?? [];
    const orphans = host === defaultServerName ? (orphanHosts.read(only, reader) ?? []) : [];
    if (orphans.length === 0) return own;
    return [own, ...orphans.map((orphan) => hostUses.read(orphan, reader) ?? [])].flat().sort(comparePlaces);
  }

  #affinityOf(name: string, log: PlacedLog, reader: Reader): BackendAffinity | undefined {
    const place = this.#places.read(name, reader);
    if (place === undefined || place.noServer) return undefined;
    const serverOf = (host: string): string => (this.#hosts.read(host, reader) ? host : defaultServerName);
    const allNames = (host: string): readonly string[] => [host, ...(this.#names.read(serverOf(host), reader) ?? [])];
    return keepAffinity(this.#inputs.ingresses.backendUses.read(name, reader) ?? [], allNames, log);
  }

  #mergedOf(name: string, reader: Reader): MergedBackend | undefined {
    const place = this.#places.read(name, reader);
    if (place === undefined) return undefined;
    const sessionAffinity = this.affinity.read(name, reader)?.value ?? noAffinity;
    return { name, noServer: place.noServer, alternativeBackends: [], sessionAffinity };
  }

  /** Without any Ingress that is no canary nothing is merged. */
  #canaryChangesOf(log: PlacedLog, reader: Reader): CanaryChanges {
    const { canaries, hasPrimary } = this.#inputs.ingresses;
    if (!hasPrimary.read(only, reader)) return new Map();
    const source = {
      log,
      locationsOf: (host: string) => this.#paths.read(host, reader)?.locations,
      backendOf: (name: string) => this.#mergedOf(name, reader),
    };
    return mergeCanaries(source, canaries.read(only, reader) ?? []);
  }

  /** Only backends that canaries treat otherwise than before are made anew. */
  #tellCanaryChanges(): void {
    const changes = this.canaries.get(only)?.value ?? new Map();
    for (const name of this.#canaryNames) if (!changes.has(name)) this.#canaryChanges.set(name, undefined);
    for (const [name, merged] of changes) {
      const before = this.#canaryChanges.get(name);
      if (merged === undefined || !sameJson(before, merged)) this.#canaryChanges.set(name, merged ?? "gone");
    }
    this.#canaryNames = [...changes.keys()];
  }

  #backendOf(name: string, reader: Reader): Backend | undefined {
    const backend = this.created.read(name, reader)?.value;
    const change = this.#canaryChanges.read(name, reader);
    if (backend === undefined || change === "gone") return undefined;
    const { alternativeBackends, sessionAffinity } = change ?? this.#mergedOf(name, reader)!;
    return { ...backend, alternativeBackends, sessionAffinity };
  }

  #serverOf(host: string, source: ModelSource, log: PlacedLog, reader: Reader): FinalServer | undefined {
    const bare = this.bare.read(host, reader)?.value;
    if (bare === undefined) return undefined;
    const { locations, redirectFromToWww } = this.#paths.read(host, reader)!;
    const sent = addCustomDefaultBackends(source, locations, (name) => this.backends.read(name, reader));
    const access = serverAccess(this.#usesOfServer(host, reader));
    const sorted = splitPrefixes(sortLocations(sent.locations));
    const server = {
      hostname: host,
      aliases: this.#names.read(host, reader)!,
      certificate: bare.certificate,
      redirectFromToWww,
      access,
      passthrough: access.sslPassthrough ? passthroughOf(host, sorted, log) : undefined,
      locations: access.sslPassthrough ? withPassthrough(sorted, locations) : sorted,
    };
    return { server, ownBackends: sent.backends };
  }
}

function placeOf(backend: Backend | undefined): BackendPlace | undefined {
  if (backend === undefined) return undefined;
  const { name, service, port, noServer } = backend;
  return { name, service, port, noServer };
}

function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
