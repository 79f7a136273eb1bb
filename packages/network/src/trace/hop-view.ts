import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { Step } from "@kubenetsim/core/trace/step";
import type { Hop } from "@kubenetsim/core/trace/trace";
import { tapeKind } from "@kubenetsim/netfilter/engine/tape";
import { readHeader } from "./header.ts";
import type { HopRecords, PathRecords } from "./record-range.ts";
import { nextRecord } from "./record-store.ts";
import { lastHeader, readSteps } from "./steps.ts";

/** What one host wrote on the tape; headers and steps are made when they are read. */
export class HopView implements Hop {
  readonly #path: PathRecords;
  readonly #index: number;
  readonly #sourcePort: number;
  #steps: readonly Step[] | undefined;

  /** The first record is the one with which the packet entered the host; `sourcePort` -1 leaves ports as recorded. */
  constructor(path: PathRecords, index: number, sourcePort: number) {
    this.#path = path;
    this.#index = index;
    this.#sourcePort = sourcePort;
  }

  get host(): string {
    return this.#records.host.name;
  }

  get hostKind(): Hop["hostKind"] {
    return this.#records.host.kind;
  }

  get inDevice(): string | undefined {
    return this.#deviceOf(this.#records.start);
  }

  get outDevice(): string | undefined {
    const { words, start, end } = this.#records;
    let last = start;
    for (let at = last; at < end; at = nextRecord(words, at)) last = at;
    return words[last] === tapeKind.hopOut ? this.#deviceOf(last) : undefined;
  }

  get before(): PacketHeader {
    const { words, start } = this.#records;
    return readHeader(words, nextRecord(words, start) + 1, this.#sourcePort);
  }

  get after(): PacketHeader {
    return readHeader(this.#records.words, lastHeader(this.#records), this.#sourcePort);
  }

  get steps(): readonly Step[] {
    this.#steps ??= readSteps(this.#records, this.#sourcePort);
    return this.#steps;
  }

  get #records(): HopRecords {
    return this.#path.hops[this.#index]!;
  }

  #deviceOf(record: number): string | undefined {
    const device = this.#records.words[record + 2]!;
    return device < 0 ? undefined : this.#records.host.devices[device]!.name;
  }
}
