import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Endpoint } from "../snapshot/endpoint.ts";
import { serviceNodePorts } from "./containers.ts";
import { elementId } from "./element-memory.ts";
import type { NftablesProgram } from "./nftables-program.ts";
import { numberValue, protocolValue } from "./statements.ts";

/**
 * A TCP node port on which kube-proxy itself listens on localhost (pkg/proxy/localnodeportproxy, feature gate
 * KubeProxyNFTablesLocalhostNodePorts): nftables rules cannot send such packets on.
 */
export interface LocalhostListener {
  readonly port: number;
  /** `namespace/name:portName`. */
  readonly servicePort: string;
  /** Never empty: without endpoints it does not listen. */
  readonly endpoints: readonly Endpoint[];
  readonly affinitySeconds: number | undefined;
}

/** How long it waits for an endpoint to answer, in ms; there is no second attempt. */
export const localhostDialTimeoutMs = 5000;

/** What listens on a TCP port of 127.0.0.1 or ::1 after a sync. */
export function localhostListener({ elements, blocks }: NftablesProgram, port: number): LocalhostListener | undefined {
  const id = elementId(serviceNodePorts, [protocolValue("TCP"), numberValue(port)]);
  const owner = elements.held.get(id)?.wanted.at(-1)?.service;
  const block = owner === undefined ? undefined : blocks.get(owner);
  return block?.listeners.find((listener) => listener.port === port);
}

interface Pin {
  readonly endpoint: string;
  readonly usedMs: number;
  readonly seconds: number;
}

/** Which endpoint each listener of a kube-proxy has sent to last, where that is kept to. Mutable. */
export class LocalhostPins {
  readonly #pins: Map<string, Pin>;

  constructor(pins: ReadonlyMap<string, Pin> = new Map()) {
    this.#pins = new Map(pins);
  }

  /** Chooses an endpoint for a connection: with affinity the last one, whoever asks, until it has rested for so long. */
  choose(
    family: IpFamily,
    { port, endpoints, affinitySeconds: seconds }: LocalhostListener,
    nowMs: number,
    below: (bound: number) => number,
  ): { readonly endpoint: Endpoint; readonly isPinned: boolean } {
    const key = `${family} ${port}`;
    const pin = seconds === undefined ? undefined : this.#pins.get(key);
    const isLive = pin !== undefined && pin.seconds === seconds && nowMs - pin.usedMs <= 1000 * pin.seconds;
    const pinned = isLive ? endpoints.find(({ text }) => text === pin.endpoint) : undefined;
    const endpoint = pinned ?? endpoints[below(endpoints.length)]!;
    if (seconds !== undefined) this.#pins.set(key, { endpoint: endpoint.text, usedMs: nowMs, seconds });
    return { endpoint, isPinned: pinned !== undefined };
  }

  /** A listener that a sync closes, or gives another affinity, forgets. */
  follow(program: NftablesProgram): void {
    const { family } = program.snapshot.basis;
    for (const [key, { seconds }] of this.#pins) {
      const [of, port] = key.split(" ");
      if (of !== family || localhostListener(program, Number(port))?.affinitySeconds === seconds) continue;
      this.#pins.delete(key);
    }
  }

  fork(): LocalhostPins {
    return new LocalhostPins(this.#pins);
  }
}
