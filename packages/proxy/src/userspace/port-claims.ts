import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { HeldSockets } from "./held-sockets.ts";

/**
 * Who holds which of the node's own ports open: every node port, and every address of a Service that is the node's own. A
 * socket listens there so that nobody else takes it; packets never come to it (claimNodePort, pkg/proxy/userspace/proxier.go).
 */
export class PortClaims {
  readonly #held: HeldSockets;
  readonly #owners = new Map<string, string>();

  constructor(held: HeldSockets) {
    this.#held = held;
  }

  /** For a Service port, "" for all addresses; what keeps it from that, if anything. To claim again is no error. */
  claim(address: string, port: number, protocol: Protocol, name: string): string | undefined {
    const key = keyOf(address, port, protocol);
    const owner = this.#owners.get(key);
    if (owner === name) return undefined;
    if (owner !== undefined) return `Port conflict detected on port ${key}.  ${name} vs ${owner}`;
    if (!this.#held.open(protocol, address, port)) {
      return `can't open node port for ${key}: listen ${protocol.toLowerCase()} ${joinHostPort(address, port)}: bind: address already in use`;
    }
    this.#owners.set(key, name);
    return undefined;
  }

  /** False when it is another's; what nobody holds may be released. */
  release(address: string, port: number, protocol: Protocol, name: string): boolean {
    const key = keyOf(address, port, protocol);
    const owner = this.#owners.get(key);
    if (owner !== undefined && owner !== name) return false;
    if (this.#owners.delete(key)) this.#held.close(protocol, address, port);
    return true;
  }

  fork(held: HeldSockets): PortClaims {
    const copy = new PortClaims(held);
    for (const [key, owner] of this.#owners) copy.#owners.set(key, owner);
    return copy;
  }
}

/** As kube-proxy's messages have it; all addresses are Go's nil. */
function keyOf(address: string, port: number, protocol: Protocol): string {
  return `${joinHostPort(address === "" ? "<nil>" : address, port)}/${protocol}`;
}
