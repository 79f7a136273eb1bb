import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { Step } from "@kubenetsim/core/trace/step";
import type { Hop } from "@kubenetsim/core/trace/trace";
import { tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { Host } from "../topology/host.ts";
import { readHeader } from "./header.ts";
import type { KernelNames } from "./kernel-names.ts";
import type { RecordRange } from "./record-range.ts";
import { nextRecord } from "./record-store.ts";
import { lastHeader, readSteps } from "./steps.ts";

/** What one host wrote on the tape; headers and steps are made when they are read. */
export class HopView implements Hop, RecordRange {
  readonly words: Int32Array;
  readonly start: number;
  readonly end: number;
  readonly #host: Host;
  readonly #names: KernelNames | undefined;
  #steps: readonly Step[] | undefined;

  /** `start` is the record with which the packet entered the host. */
  constructor(words: Int32Array, start: number, end: number, host: Host, names: KernelNames | undefined) {
    this.words = words;
    this.start = start;
    this.end = end;
    this.#host = host;
    this.#names = names;
  }

  get host(): string {
    return this.#host.name;
  }

  get hostKind(): Hop["hostKind"] {
    return this.#host.kind;
  }

  get inDevice(): string | undefined {
    return this.#deviceOf(this.start);
  }

  get outDevice(): string | undefined {
    let last = this.start;
    for (let at = last; at < this.end; at = nextRecord(this.words, at)) last = at;
    return this.words[last] === tapeKind.hopOut ? this.#deviceOf(last) : undefined;
  }

  get before(): PacketHeader {
    return readHeader(this.words, nextRecord(this.words, this.start) + 1);
  }

  get after(): PacketHeader {
    return readHeader(this.words, lastHeader(this));
  }

  get steps(): readonly Step[] {
    this.#steps ??= readSteps(this, this.#host, this.#names);
    return this.#steps;
  }

  #deviceOf(record: number): string | undefined {
    const device = this.words[record + 2]!;
    return device < 0 ? undefined : this.#host.devices[device]!.name;
  }
}
