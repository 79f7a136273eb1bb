import type { ControllerLog } from "../../controller-log.ts";
import {
  type Backend,
  type Configuration,
  defaultBackendName,
  defaultServerName,
  type Server,
} from "./configuration.ts";
import type { ModelInputs } from "./model-inputs.ts";
import { ModelTables } from "./model-tables.ts";
import { PhaseLines } from "./placed-log.ts";
import { noValues, type SortedValues, withChanges } from "./sorted-values.ts";
import { streamServices } from "./stream-services.ts";

/**
 * What ingress-nginx makes of all objects: servers and locations in the order of the file, and the backends that it hands to
 * nginx's balancer (internal/ingress/controller/controller.go `getConfiguration`). The program makes all of it anew each time;
 * here each host and each backend is made anew when something changes that it was made of, with the same outcome.
 */
export class ConfigurationModel {
  readonly #inputs: ModelInputs;
  readonly #tables: ModelTables;
  /** What each phase of the program writes to its log, each time. */
  readonly #lines = {
    created: new PhaseLines(),
    bare: new PhaseLines(),
    affinity: new PhaseLines(),
    canaries: new PhaseLines(),
    servers: new PhaseLines(),
  };
  #servers: SortedValues<Server> = noValues;
  /** One for each name, then those that locations of a host have of their own. */
  #backends: SortedValues<Backend> = noValues;
  #ownBackends: SortedValues<readonly Backend[]> = noValues;
  #allBackends: readonly Backend[] = [];

  constructor(inputs: ModelInputs) {
    this.#inputs = inputs;
    this.#tables = new ModelTables(inputs);
    this.#tables.backends.want(defaultBackendName);
    this.#tables.servers.want(defaultServerName);
  }

  /**
   * The configuration as it is now. What the program writes to its log each time is written to this one; the time is for certificates that run out, without
   * it none is warned of.
   */
  build(log: ControllerLog, nowMs?: number): Configuration {
    const { hosts, backends } = this.#inputs.ingresses.update();
    for (const host of hosts) this.#tables.servers.want(host);
    for (const name of backends) this.#tables.backends.want(name);
    this.#tables.refresh();
    this.#collect();
    for (const lines of Object.values(this.#lines)) lines.writeTo(log, nowMs);
    const { options, ports } = this.#inputs;
    const streamSource = this.#inputs.streamSource(log);
    return {
      servers: this.#servers.values,
      backends: this.#allBackends,
      settings: this.#inputs.currentSettings,
      defaultCertificate: this.#inputs.currentDefaultCertificate,
      tcpServices: streamServices(streamSource, options.tcpServicesConfigMap, "TCP"),
      udpServices: streamServices(streamSource, options.udpServicesConfigMap, "UDP"),
      ports,
    };
  }

  #collect(): void {
    const { created, bare, affinity, canaries, servers, backends } = this.#tables;
    const finals = servers.takeChanges();
    this.#lines.created.set(created.takeChanges());
    this.#lines.bare.set(bare.takeChanges());
    this.#lines.affinity.set(affinity.takeChanges());
    this.#lines.canaries.set(canaries.takeChanges());
    this.#lines.servers.set(finals);
    this.#servers = withChanges(
      this.#servers,
      mapped(finals, (final) => final?.value?.server),
    );
    const own = mapped(finals, (final) => (final?.value?.ownBackends.length ? final.value.ownBackends : undefined));
    const ownBackends = withChanges(this.#ownBackends, own);
    const named = withChanges(this.#backends, backends.takeChanges());
    if (named !== this.#backends || ownBackends !== this.#ownBackends) {
      this.#allBackends = inOrder(named.values, ownBackends.values.flat());
    }
    this.#backends = named;
    this.#ownBackends = ownBackends;
  }
}

function mapped<V, W>(values: ReadonlyMap<string, V>, to: (value: V) => W): Map<string, W> {
  const others = new Map<string, W>();
  for (const [key, value] of values) others.set(key, to(value));
  return others;
}

/** By name; of the same name first the one of that name. */
function inOrder(named: readonly Backend[], own: readonly Backend[]): readonly Backend[] {
  if (own.length === 0) return named;
  return [...named, ...own].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
