import { addressWords } from "@kubenetsim/core/net/address";
import type { Server } from "@kubenetsim/schedulers/scheduler";
import type { RealServer } from "../ruleset/virtual-server.ts";
import { TrafficCounter } from "./counters.ts";
import type { VirtualServerEntry } from "./virtual-server-entry.ts";

/** A real server inside the kernel (struct ip_vs_dest): its configuration, its connections, whether it takes more. */
export class RealServerEntry implements Server {
  readonly id: number;
  readonly address: readonly number[];
  readonly port: number;
  virtualServer: VirtualServerEntry;
  readonly traffic: TrafficCounter = new TrafficCounter();
  configuration: RealServer;
  /** That of its configuration, here for the schedulers, which may read it of every server for one connection. */
  weight: number;
  lastWeight: number;
  activeConnections = 0;
  inactiveConnections = 0;
  persistentConnections = 0;
  overloaded = false;
  /** It stands in its virtual server's list; false in the trash. */
  available = true;
  /** Connections and templates that hold it, whichever way they are counted. */
  holders = 0;
  /** In the trash: when it was first found with nothing that holds it; undefined until then. */
  idleSinceMs: number | undefined;

  constructor(id: number, virtualServer: VirtualServerEntry, configuration: RealServer) {
    this.id = id;
    this.virtualServer = virtualServer;
    this.configuration = configuration;
    this.address = addressWords(configuration.address);
    this.port = configuration.port;
    this.weight = configuration.weight;
    this.lastWeight = configuration.weight;
  }

  /** __ip_vs_update_dest: an upper threshold that is taken away or raised ends the overload at once. */
  configure(configuration: RealServer, added: boolean): void {
    const { weight, upperThreshold } = configuration;
    if (added || weight !== 0) this.lastWeight = weight;
    if (upperThreshold === 0 || upperThreshold > this.configuration.upperThreshold) this.overloaded = false;
    this.configuration = configuration;
    this.weight = weight;
    this.available = true;
  }

  /** ip_vs_bind_dest's last step. */
  noteBound(): void {
    const { upperThreshold } = this.configuration;
    if (upperThreshold !== 0 && this.#connections >= upperThreshold) this.overloaded = true;
  }

  /** ip_vs_unbind_dest's last step; three times the threshold overflows a `u32` there. */
  noteUnbound(): void {
    const { upperThreshold, lowerThreshold } = this.configuration;
    if (lowerThreshold !== 0) {
      if (this.#connections < lowerThreshold) this.overloaded = false;
    } else if (upperThreshold === 0 || this.#connections * 4 < Math.imul(upperThreshold, 3) >>> 0) {
      this.overloaded = false;
    }
  }

  get #connections(): number {
    return this.activeConnections + this.inactiveConnections;
  }
}
