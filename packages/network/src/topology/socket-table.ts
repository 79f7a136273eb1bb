import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Process } from "./process.ts";

const none: readonly never[] = [];

/** Which process listens on which port of a host, on all of its addresses. */
export class SocketTable {
  #processes: Process[] | undefined;
  // Protocol · 65536 + port of each socket, and who holds it: mostly one, so the first stands on its own.
  #firstKey = -1;
  #others: Map<number, number> | undefined;

  get processes(): readonly Process[] {
    return this.#processes ?? none;
  }

  /** Binds a process's ports; a port that is already taken stays with who has it, as bind(2) does. */
  bind(process: Process): void {
    if (process.listens.length === 0) return;
    const id = this.#append(process);
    for (const { protocol, port } of process.listens) {
      if (this.find(protocolNumbers[protocol], port) >= 0) continue;
      const key = protocolNumbers[protocol] * 65536 + port;
      if (this.#firstKey < 0) this.#firstKey = key;
      else {
        this.#others ??= new Map();
        this.#others.set(key, id);
      }
    }
  }

  /**
   * Index in `processes` of one that comes and goes. It has a place there from the first time that it is asked for, and shares it
   * with its copies: those of its name that pass on the same port for the same Service port.
   */
  place(process: Process): number {
    const known = this.processes.findIndex((other) => other === process || isCopy(other, process));
    if (known < 0) return this.#append(process);
    this.#processes![known] = process;
    return known;
  }

  /** The first makes a list of one: a list that grows to one has room for many, and nearly all hosts are Pods with one process. */
  #append(process: Process): number {
    if (this.#processes === undefined) this.#processes = [process];
    else this.#processes.push(process);
    return this.#processes.length - 1;
  }

  /** Index in `processes` of who listens, or -1. `protocol` is the IANA number. */
  find(protocol: number, port: number): number {
    const key = protocol * 65536 + port;
    if (key === this.#firstKey) return 0;
    return this.#others?.get(key) ?? -1;
  }
}

function isCopy(a: Process, b: Process): boolean {
  return (
    a.name === b.name &&
    a.relay?.servicePort === b.relay?.servicePort &&
    a.listens[0]?.port === b.listens[0]?.port &&
    a.listens[0]?.protocol === b.listens[0]?.protocol
  );
}
