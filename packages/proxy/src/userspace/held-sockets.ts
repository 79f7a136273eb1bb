import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Random } from "@kubenetsim/core/runtime/random";

/** net.ipv4.ip_local_port_range, the end not of it, and where its upper half begins. */
const local = { low: 32768, middle: 46884, high: 61000 };

/**
 * The sockets that kube-proxy listens with on its node: one address and port each, "" for all addresses. Sockets of others are
 * not known here.
 */
export class HeldSockets {
  readonly #addresses = new Map<string, Set<string>>();
  /** How many ports are held of each protocol, half of the local range and parity. */
  readonly #heldOf = new Map<string, number>();

  /** Listens; false when another socket has the port on that address, or either has it on all. */
  open(protocol: Protocol, address: string, port: number): boolean {
    const key = `${protocol}/${port}`;
    const held = this.#addresses.get(key);
    if (held === undefined) {
      this.#addresses.set(key, new Set([address]));
      this.#count(protocol, port, 1);
      return true;
    }
    if (address === "" || held.has("") || held.has(address)) return false;
    held.add(address);
    return true;
  }

  close(protocol: Protocol, address: string, port: number): void {
    const key = `${protocol}/${port}`;
    const held = this.#addresses.get(key);
    if (held === undefined || !held.delete(address) || held.size > 0) return;
    this.#addresses.delete(key);
    this.#count(protocol, port, -1);
  }

  /**
   * Listens on a port that the kernel chooses (net/ipv4/inet_connection_sock.c, inet_csk_find_open_port; net/ipv4/udp.c): for
   * TCP an odd one of the lower half of the local range if there is one left, then an even one of it, then of the whole range,
   * since Go's listeners reuse addresses and odd ports are for those who listen; for UDP any. Undefined when none is left.
   */
  openAny(protocol: Protocol, address: string, random: Random): number | undefined {
    const { low, middle, high } = local;
    if (protocol !== "TCP") {
      const offset = random.below(high - low);
      return this.#scan(protocol, address, high, offset, 1);
    }
    for (const end of [middle, high]) {
      const odd = random.below(end - low) | 1;
      const port = this.#scan(protocol, address, end, odd, 2) ?? this.#scan(protocol, address, end, odd - 1, 2);
      if (port !== undefined) return port;
    }
    return undefined;
  }

  fork(): HeldSockets {
    const copy = new HeldSockets();
    for (const [key, addresses] of this.#addresses) copy.#addresses.set(key, new Set(addresses));
    for (const [key, count] of this.#heldOf) copy.#heldOf.set(key, count);
    return copy;
  }

  /** The first free port from an offset on, all around up to `end`; halves of which all ports are held are passed over at once. */
  #scan(protocol: Protocol, address: string, end: number, offset: number, step: 1 | 2): number | undefined {
    const size = end - local.low;
    for (let i = 0; i < size; i += step) {
      const port = local.low + ((offset + i) % size);
      if (step === 2 && this.#isFull(protocol, port)) {
        const halfEnd = Math.min(port < local.middle ? local.middle : local.high, end);
        i += halfEnd - port - ((halfEnd - port) % 2 === 0 ? 2 : 1);
      } else if (this.open(protocol, address, port)) return port;
    }
    return undefined;
  }

  #isFull(protocol: Protocol, port: number): boolean {
    return (this.#heldOf.get(classOf(protocol, port)) ?? 0) >= (local.middle - local.low) / 2;
  }

  #count(protocol: Protocol, port: number, by: number): void {
    if (port < local.low || port >= local.high) return;
    const key = classOf(protocol, port);
    this.#heldOf.set(key, (this.#heldOf.get(key) ?? 0) + by);
  }
}

function classOf(protocol: Protocol, port: number): string {
  return `${protocol} ${port < local.middle ? "lower" : "upper"} ${port & 1}`;
}
