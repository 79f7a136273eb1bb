import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Random } from "@kubenetsim/core/runtime/random";

/** net.ipv4.ip_local_port_range. */
const ephemeral = { low: 32768, high: 61000 };

/**
 * The sockets that kube-proxy listens with on its node: one address and port each, "" for all addresses. Sockets of others are
 * not known here.
 */
export class HeldSockets {
  readonly #addresses = new Map<string, Set<string>>();

  /** Listens; false when another socket has the port on that address, or either has it on all. */
  open(protocol: Protocol, address: string, port: number): boolean {
    const key = `${protocol}/${port}`;
    const held = this.#addresses.get(key);
    if (held === undefined) {
      this.#addresses.set(key, new Set([address]));
      return true;
    }
    if (address === "" || held.has("") || held.has(address)) return false;
    held.add(address);
    return true;
  }

  close(protocol: Protocol, address: string, port: number): void {
    const key = `${protocol}/${port}`;
    const held = this.#addresses.get(key);
    held?.delete(address);
    if (held?.size === 0) this.#addresses.delete(key);
  }

  /**
   * Listens on a port that the kernel chooses: for TCP an odd one of the lower half of the range, since Go's listeners reuse
   * addresses (net/ipv4/inet_connection_sock.c, inet_csk_find_open_port), for UDP any. Undefined when none is left.
   */
  openAny(protocol: Protocol, address: string, random: Random): number | undefined {
    const { low, high } = ephemeral;
    const isTcp = protocol === "TCP";
    const size = isTcp ? ((high - low) >> 2) << 1 : high - low;
    const offset = isTcp ? random.below(size) | 1 : random.below(size);
    const step = isTcp ? 2 : 1;
    for (let i = 0; i < size; i += step) {
      const port = low + ((offset + i) % size);
      if (this.open(protocol, address, port)) return port;
    }
    return undefined;
  }

  fork(): HeldSockets {
    const copy = new HeldSockets();
    for (const [key, addresses] of this.#addresses) copy.#addresses.set(key, new Set(addresses));
    return copy;
  }
}
