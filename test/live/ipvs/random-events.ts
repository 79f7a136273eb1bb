import type { Random } from "@kubenetsim/core/runtime/random";
import type { Backend, Open, SequenceEvent } from "../../conformance/ipvs/sequence.ts";
import { randomBackend, randomThresholds } from "./random-backend.ts";
import { chance, pick } from "./random-draws.ts";
import { randomWeight } from "./random-weight.ts";
import { schedulerAndFlags } from "./scheduler-flags.ts";
import type { Shape } from "./shape.ts";

/** All servers that a sequence can have. */
const serversAtMost = 10;
const ports = [80, 443, 8080];

/** Draws events one after the other, each possible after those before it. */
export class RandomEvents {
  readonly list: SequenceEvent[] = [];
  readonly #random: Random;
  readonly #shape: Shape;
  /** Places of servers in `randomBackend`, as they stand now. */
  readonly #present: Set<number>;
  readonly #removed = new Set<number>();
  /** Removed, with connections that have tried to end since: what TCP sends again would come through once it is back. */
  readonly #spoiled = new Set<number>();
  readonly #opens: Open[] = [];
  readonly #ended = new Map<number, "close" | "reset">();
  #nextPort = 20_000;

  constructor(random: Random, shape: Shape, backends: readonly Backend[]) {
    this.#random = random;
    this.#shape = shape;
    this.#present = new Set(backends.keys());
  }

  add(): void {
    const random = this.#random;
    const roll = random.below(100);
    const event =
      roll < 20
        ? this.#end()
        : roll < 25
          ? this.#addServer()
          : roll < 29
            ? this.#removeServer()
            : roll < 37
              ? this.#setWeight()
              : roll < 40
                ? { setScheduler: schedulerAndFlags(random, this.#shape.weights) }
                : roll < 46
                  ? this.#reopen()
                  : undefined;
    this.list.push(event ?? this.#open());
  }

  #open(): SequenceEvent {
    const random = this.#random;
    const { v6, fwmark, portless } = this.#shape;
    const client = random.below(12);
    const src = v6
      ? `fd00:${client % 2}::${(client * 37).toString(16)}`
      : `${pick(random, ["10.1", "192.168"])}.${client % 3}.${client + 1}`;
    this.#nextPort += 1 + random.below(50);
    const open = {
      src,
      sport: this.#nextPort,
      ...(fwmark ? { dst: this.#destination() } : {}),
      ...(fwmark || portless ? { dport: pick(random, ports) } : {}),
    };
    this.#opens.push(open);
    return { open };
  }

  /** Some of them more often than others. */
  #destination(): string {
    const random = this.#random;
    const place = random.below(1 + random.below(12));
    return this.#shape.v6 ? `fd00:97::${place + 1}` : `10.97.${place % 3}.${place + 1}`;
  }

  /** A client's port comes back; of TCP only after a reset, for its own kernel keeps it for a while after a close. */
  #reopen(): SequenceEvent | undefined {
    const { proto, waits } = this.#shape;
    if (waits.length > 0 && proto === "tcp") return undefined;
    const wanted = proto === "udp" ? ["close", "reset"] : ["reset"];
    const ended = [...this.#ended].filter(([, how]) => wanted.includes(how)).map(([at]) => at);
    if (ended.length === 0) return undefined;
    const at = pick(this.#random, ended);
    this.#ended.delete(at);
    const open = this.#opens[at]!;
    this.#opens.push(open);
    return { open };
  }

  #end(): SequenceEvent | undefined {
    const random = this.#random;
    const still = [...this.#opens.keys()].filter((at) => !this.#ended.has(at) && !this.#isOpenAgain(at));
    if (still.length === 0) return undefined;
    const at = pick(random, still);
    const how = chance(random, 0.35) ? "reset" : "close";
    this.#ended.set(at, how);
    if (this.#shape.proto === "tcp") {
      for (const server of this.#removed) this.#spoiled.add(server);
    }
    return how === "reset" ? { reset: at } : { close: at };
  }

  /** A later one has the same client's port. */
  #isOpenAgain(at: number): boolean {
    const { src, sport } = this.#opens[at]!;
    return this.#opens.some((open, other) => other > at && open.src === src && open.sport === sport);
  }

  #addServer(): SequenceEvent | undefined {
    const absent = Array.from({ length: serversAtMost }, (_, at) => at).filter(
      (at) => !this.#present.has(at) && !this.#spoiled.has(at),
    );
    if (absent.length === 0) return undefined;
    const at = pick(this.#random, absent);
    this.#present.add(at);
    this.#removed.delete(at);
    return { add: randomBackend(this.#random, this.#shape, at) };
  }

  #removeServer(): SequenceEvent | undefined {
    if (this.#present.size === 0) return undefined;
    const at = pick(this.#random, [...this.#present]);
    this.#present.delete(at);
    this.#removed.add(at);
    const { ip, port } = randomBackend(this.#random, this.#shape, at);
    return { remove: { ip, port } };
  }

  #setWeight(): SequenceEvent | undefined {
    if (this.#present.size === 0) return undefined;
    const random = this.#random;
    const { ip, port } = randomBackend(random, this.#shape, pick(random, [...this.#present]));
    const weight = chance(random, 0.25) ? 0 : randomWeight(random, this.#shape.weights);
    return { setWeight: { ip, port, weight, ...randomThresholds(random, this.#shape) } };
  }
}
