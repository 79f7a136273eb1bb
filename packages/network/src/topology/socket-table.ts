import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Process } from "./process.ts";

/** Which process listens on which port of a host, on all of its addresses. */
export class SocketTable {
  readonly processes: Process[] = [];
  readonly #byPort = new Map<number, number>();

  /** Binds a process's ports; a port that is already taken stays with who has it, as bind(2) does. */
  bind(process: Process): void {
    const id = this.processes.push(process) - 1;
    for (const { protocol, port } of process.listens) {
      const key = protocolNumbers[protocol] * 65536 + port;
      if (!this.#byPort.has(key)) this.#byPort.set(key, id);
    }
  }

  /** Index in `processes` of who listens, or -1. `protocol` is the IANA number. */
  find(protocol: number, port: number): number {
    return this.#byPort.get(protocol * 65536 + port) ?? -1;
  }
}
