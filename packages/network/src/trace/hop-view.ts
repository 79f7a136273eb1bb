import type { Step } from "@kubenetsim/core/trace/step";
import type { Hop, PacketHeader } from "@kubenetsim/core/trace/trace";
import { tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { Host } from "../topology/host.ts";
import { readHeader } from "./header.ts";
import type { KernelNames } from "./kernel-names.ts";
import { lastHeader, readSteps } from "./steps.ts";
import { recordOffset, type TapeRange } from "./tape-range.ts";

/** A stretch of the tape that one host wrote; headers and steps are made when they are read. */
export class HopView implements Hop, TapeRange {
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
    const last = recordOffset(this.end - 1);
    return this.words[last] === tapeKind.hopOut ? this.#deviceOf(this.end - 1) : undefined;
  }

  get before(): PacketHeader {
    return readHeader(this.words, recordOffset(this.start + 1) + 1);
  }

  get after(): PacketHeader {
    return readHeader(this.words, lastHeader(this));
  }

  get steps(): readonly Step[] {
    this.#steps ??= readSteps(this, this.#host, this.#names);
    return this.#steps;
  }

  #deviceOf(record: number): string | undefined {
    const device = this.words[recordOffset(record) + 2]!;
    return device < 0 ? undefined : this.#host.devices[device]!.name;
  }
}
