import type { Protocol } from "@kubenetsim/core/net/protocol";
import { copyRandom, type Random } from "@kubenetsim/core/runtime/random";

/** Ports from `base` on, `size` of them: `--proxy-port-range`. */
export interface PortRange {
  readonly base: number;
  readonly size: number;
}

/** Ports that are drawn ahead: a queue of 16, and one that waits for a place in it (port_allocator.go). */
const drawnAhead = 17;

/**
 * Which port of the node the next proxy gets (pkg/proxy/userspace/port_allocator.go). Without a range that is left to the
 * node's kernel (0); with one, ports are drawn at random, and where a drawn one is taken the next that is free follows.
 */
export class ProxyPorts {
  readonly #range: PortRange | undefined;
  readonly #random: Random;
  readonly #used = new Set<number>();
  readonly #drawn: number[] = [];

  constructor(range: PortRange | undefined, random: Random) {
    this.#range = range;
    this.#random = random;
  }

  /** Undefined when all of the range is in use. */
  allocate(): number | undefined {
    if (this.#range === undefined) return 0;
    this.#fill(this.#range);
    const port = this.#drawn.shift();
    this.#fill(this.#range);
    return port;
  }

  release(port: number): void {
    this.#used.delete(port);
  }

  fork(): ProxyPorts {
    const copy = new ProxyPorts(this.#range, copyRandom(this.#random));
    for (const port of this.#used) copy.#used.add(port);
    copy.#drawn.push(...this.#drawn);
    return copy;
  }

  #fill(range: PortRange): void {
    while (this.#drawn.length < drawnAhead) {
      const port = this.#nextFree(range);
      if (port === undefined) return;
      this.#used.add(port);
      this.#drawn.push(port);
    }
  }

  #nextFree({ base, size }: PortRange): number | undefined {
    if (this.#used.size >= size) return undefined;
    const first = this.#random.below(size);
    for (let i = 0; i < size; i++) {
      const port = base + ((first + i) % size);
      if (!this.#used.has(port)) return port;
    }
    return undefined;
  }
}

/**
 * Reads a port range as kube-proxy does (k8s.io/apimachinery, PortRange.Set): `30000-30100`, `30000+100` or one port; undefined
 * for an empty text and for a range that begins at 0, which leave the choice to the node's kernel.
 *
 * @throws RangeError for what is none
 */
export function parsePortRange(text: string): PortRange | undefined {
  const word = text.trim();
  if (word === "") return undefined;
  const [, low, sign, high] = /^(\d{1,5})(?:([-+])(\d{1,5}))?$/.exec(word) ?? [];
  if (low === undefined) throw new RangeError(`unable to parse port range: ${text}`);
  const base = Number(low);
  const last = sign === undefined ? base : sign === "-" ? Number(high) : base + Number(high);
  if (base > 65535 || last > 65535) throw new RangeError(`the port range cannot be greater than 65535: ${text}`);
  if (last < base) throw new RangeError(`end port cannot be less than start port: ${text}`);
  return base === 0 ? undefined : { base, size: last - base + 1 };
}

/** Why kube-proxy gets no port (errPortRangeNoPortsRemaining). */
export const noPortsLeft =
  "port allocation failed; there are no remaining ports left to allocate in the accepted range";

/** Why kube-proxy cannot listen on the port that it got. */
export function startFailure(protocol: Protocol, port: number): string {
  return protocol === "SCTP"
    ? "SCTP is not supported for user space proxy"
    : `listen ${protocol.toLowerCase()} :${port}: bind: address already in use`;
}
