import type { Random } from "@kubenetsim/core/runtime/random";
import type { Backend, Open, SequenceEvent } from "../../conformance/ipvs/sequence.ts";
import { randomBackend, randomThresholds } from "./random-backend.ts";
import { chance, pick } from "./random-draws.ts";
import { randomPersistence, randomSysctls, randomTimeouts } from "./random-settings.ts";
import { randomWeight } from "./random-weight.ts";
import { schedulerAndFlags } from "./scheduler-flags.ts";
import type { Shape } from "./shape.ts";

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
    this.list.push(this.#other() ?? this.#open());
  }

  open(count: number): void {
    for (let i = 0; i < count; i++) this.list.push(this.#open());
  }

  remove(): void {
    const event = this.#removeServer();
    if (event !== undefined) this.list.push(event);
  }

  wait(seconds: number): void {
    this.list.push({ wait: seconds });
  }

  /** What is no new connection; undefined where the dice, or what there is, do not have it. */
  #other(): SequenceEvent | undefined {
    const { habits } = this.#shape;
    const kinds: readonly (readonly [number, () => SequenceEvent | undefined])[] = [
      [habits.end, () => this.#end()],
      [habits.addServer, () => this.#addServer()],
      [habits.removeServer, () => this.#removeServer()],
      [habits.setWeight, () => this.#setWeight()],
      [habits.edit, () => this.#edit()],
      [habits.reopen, () => this.#reopen()],
      [habits.configure, () => this.#configure()],
    ];
    let roll = this.#random.below(100);
    for (const [share, draw] of kinds) {
      if (roll < share) return draw();
      roll -= share;
    }
    return undefined;
  }

  #edit(): SequenceEvent {
    const random = this.#random;
    const scheduling = schedulerAndFlags(random, this.#shape.weights);
    if (!chance(random, 0.3)) return { setScheduler: scheduling };
    // A virtual server of all ports is always persistent.
    const ends = !(this.#shape.portless && !this.#shape.fwmark) && chance(random, 0.4);
    return { setScheduler: { ...scheduling, ...(ends ? { persistent: 0 } : randomPersistence(random, this.#shape)) } };
  }

  #configure(): SequenceEvent {
    const random = this.#random;
    if (this.#shape.waits.length > 0 && chance(random, 0.4)) return { setTimeouts: randomTimeouts(random) };
    return { setSysctls: randomSysctls(random, this.#shape) };
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
    const place = random.below(1 + random.below(this.#shape.shrinks ? 2 : 12));
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
    const how = !this.#shape.shrinks && chance(random, 0.35) ? "reset" : "close";
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
    const absent = Array.from({ length: this.#shape.serversAtMost }, (_, at) => at).filter(
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
