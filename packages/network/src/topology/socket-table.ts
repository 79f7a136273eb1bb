import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Process } from "./process.ts";

const none: readonly never[] = [];

/** Which process listens on which port of a host, on all of its addresses. */
export class SocketTable {
  #processes: Process[] | undefined;
  // Protocol · 65536 + port of each socket, and who holds it: few, so they are looked through.
  #keys: number[] | undefined;
  #holders: number[] | undefined;

  get processes(): readonly Process[] {
    return this.#processes ?? none;
  }

  /** Binds a process's ports; a port that is already taken stays with who has it, as bind(2) does. */
  bind(process: Process): void {
    if (process.listens.length === 0) return;
    this.#processes ??= [];
    this.#keys ??= [];
    this.#holders ??= [];
    const id = this.#processes.push(process) - 1;
    for (const { protocol, port } of process.listens) {
      if (this.find(protocolNumbers[protocol], port) >= 0) continue;
      this.#keys.push(protocolNumbers[protocol] * 65536 + port);
      this.#holders.push(id);
    }
  }

  /** Index in `processes` of who listens, or -1. `protocol` is the IANA number. */
  find(protocol: number, port: number): number {
    const keys = this.#keys;
    if (keys === undefined) return -1;
    const key = protocol * 65536 + port;
    for (let i = 0; i < keys.length; i++) if (keys[i] === key) return this.#holders![i]!;
    return -1;
  }
}
