import { type DnsMessage, queryFor } from "../../message/dns-message.ts";
import type { DnsTransport, Exchange, ServerSurroundings } from "../plugin.ts";
import type { ForwardSettings } from "./forward-settings.ts";
import type { UpstreamAddress } from "./upstream-address.ts";

/** How long a probe waits for its answer (plugin/pkg/proxy/health.go). */
const probeTimeoutMs = 1000;
/** So many probes tell as much as all that were due since. */
const mostProbesAtOnce = 16;

/** A server that queries are passed on to, with what is known of its health (plugin/pkg/proxy). */
export class Upstream {
  readonly address: string;
  readonly port: number;
  readonly #settings: ForwardSettings;
  readonly #exchange: ServerSurroundings["exchange"];
  #fails = 0;
  /** When the next probe is due; undefined as long as all is well. */
  #nextProbeMs: number | undefined;

  constructor({ address, port }: UpstreamAddress, settings: ForwardSettings, exchange: ServerSurroundings["exchange"]) {
    this.address = address;
    this.port = port;
    this.#settings = settings;
    this.#exchange = exchange;
  }

  /** Asks it. An answer that takes longer than the timeout does not come. */
  ask(query: DnsMessage, transport: DnsTransport): Exchange {
    const exchange = this.#exchange(this.address, this.port, transport, query);
    const { readTimeoutMs } = this.#settings;
    return exchange.tookMs <= readTimeoutMs ? exchange : { kind: "timeout", tookMs: readTimeoutMs };
  }

  /** True when more probes than are allowed have failed. */
  isDown(nowMs: number): boolean {
    this.#probe(nowMs);
    return this.#settings.maxFails > 0 && this.#fails > this.#settings.maxFails;
  }

  /** Begins to probe it, until a probe is answered. */
  suspect(nowMs: number): void {
    if (this.#settings.maxFails > 0) this.#nextProbeMs ??= nowMs;
  }

  /** Sends the probes that are due. Nobody waits for them. */
  #probe(nowMs: number): void {
    const { probe, forceTcp } = this.#settings;
    for (let count = 0; this.#nextProbeMs !== undefined && this.#nextProbeMs <= nowMs; count++) {
      if (count === mostProbesAtOnce) {
        this.#nextProbeMs = nowMs + probe.intervalMs;
        return;
      }
      const query = queryFor(0, probe.domain, "NS");
      const asked = probe.recursionDesired ? query : { ...query, flags: { ...query.flags, rd: false } };
      const { kind, tookMs } = this.#exchange(this.address, this.port, forceTcp ? "tcp" : "udp", asked);
      if (kind === "answered" && tookMs <= probeTimeoutMs) {
        this.#fails = 0;
        this.#nextProbeMs = undefined;
      } else {
        this.#fails++;
        this.#nextProbeMs += Math.min(tookMs, probeTimeoutMs) + Math.max(probe.intervalMs, 1);
      }
    }
  }
}
