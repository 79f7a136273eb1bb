import type { Random } from "@kubenetsim/core/runtime/random";
import { type Request, schedulers } from "@kubenetsim/schedulers";
import type { Arrival, Backends } from "./backends.ts";
import { OwnNginx, type OwnRequest } from "./own-nginx.ts";
import type { Upstream } from "./random-upstream.ts";
import type { Answer, RealNginx } from "./real-nginx.ts";

interface Pair {
  readonly id: string;
  readonly own: OwnRequest;
  readonly answer: Promise<Answer>;
  arrival: Arrival | undefined;
}

/** One `upstream` block, asked of the real nginx and of ours event by event; throws at the first difference. */
export class Lockstep {
  readonly own: OwnNginx;
  readonly #real: RealNginx;
  readonly #backends: Backends;
  readonly #upstream: Upstream;
  readonly #number: number;
  readonly #random: Random;
  readonly #open: Pair[] = [];
  readonly #log: string[] = [];
  readonly #draw: () => number;
  #count = 0;

  constructor(real: RealNginx, backends: Backends, upstream: Upstream, number: number, random: Random) {
    this.#real = real;
    this.#backends = backends;
    this.#upstream = upstream;
    this.#number = number;
    this.#random = random;
    const fails = (name: string): boolean => backends.dead.has(name) || backends.sick.has(name);
    this.own = new OwnNginx(schedulers[upstream.scheduler]!, upstream, fails);
    const chance = random.below(2 ** 32);
    this.#draw = sharedChance(chance);
    real.setChance(chance);
  }

  /** Requests, answers, hang-ups, servers that fall sick and recover, and time that passes. */
  async run(events: number): Promise<void> {
    this.#backends.sick.clear();
    this.#setSeconds(1_000_000 + this.#random.below(1000));
    for (let i = 0; i < events; i++) await this.#event(this.#random.below(100));
    while (this.#open.length > 0) await this.#answerOne();
  }

  async #event(kind: number): Promise<void> {
    if (kind < 55) await this.#request();
    else if (kind < 80) await this.#answerOne();
    else if (kind < 84) await this.#hangUpOne();
    else if (kind < 92) this.#setSeconds(this.own.seconds + this.#random.below(8));
    else this.#toggleOne();
  }

  async #request(): Promise<void> {
    const id = `${this.#number}-${this.#count++}`;
    const { request, headers } = this.#ask();
    const arrived = this.#arrivalOf(id);
    const own = this.own.begin(request);
    const answer = this.#real.request(`/u${this.#number}`, { "x-id": id, ...headers });
    const pair: Pair = { id, own, answer, arrival: undefined };
    this.#note(`request ${id} ${JSON.stringify(headers)}`, own);
    await this.#settle(pair, arrived);
  }

  async #answerOne(): Promise<void> {
    const pair = this.#takeOne();
    if (pair === undefined) return;
    this.own.answer(pair.own);
    this.#log.push(`answer to ${pair.id}`);
    pair.arrival!.answer();
    await this.#compareEnd(pair);
  }

  async #hangUpOne(): Promise<void> {
    const pair = this.#takeOne();
    if (pair === undefined) return;
    const arrived = this.#arrivalOf(pair.id);
    this.own.hangUp(pair.own);
    this.#note(`hang-up on ${pair.id}`, pair.own);
    pair.arrival!.hangUp();
    await this.#settle(pair, arrived);
  }

  /** Waits until the request is held by a server or at its end, and compares where. */
  async #settle(pair: Pair, arrived: Promise<Arrival>): Promise<void> {
    const arrival = await Promise.race([arrived, pair.answer.then(() => undefined)]);
    if (arrival === undefined) return this.#compareEnd(pair);
    if (arrival.backend !== pair.own.holder) this.#differ(pair, `nginx sent it to ${arrival.backend}`);
    pair.arrival = arrival;
    this.#open.push(pair);
  }

  async #compareEnd(pair: Pair): Promise<void> {
    const { status, upstreams } = await pair.answer;
    const own = pair.own.attempts.map((index) => this.#upstream.servers[index]?.name ?? `u${this.#number}`);
    if (own.join() !== upstreams.join()) this.#differ(pair, `nginx sent it to ${upstreams.join(", ")} (${status})`);
  }

  #differ(pair: Pair, what: string): never {
    const tail = this.#log.slice(-40).join("\n");
    throw new Error(`${this.#random.seed}, ${pair.id}: ${what}\n${this.#upstream.text}\n${tail}`);
  }

  #note(what: string, own: OwnRequest): void {
    this.#log.push(`${this.own.seconds} ${what} -> ${own.attempts.join(" ")}`);
  }

  #arrivalOf(id: string): Promise<Arrival> {
    return new Promise((resolve) => {
      this.#backends.onArrival = (at, arrival) => {
        if (at !== id) throw new Error(`${at} arrived while ${id} was on its way`);
        resolve(arrival);
      };
    });
  }

  #takeOne(): Pair | undefined {
    return this.#open.splice(this.#random.below(this.#open.length), 1)[0];
  }

  #toggleOne(): void {
    const { names, sick } = this.#backends;
    const name = names[this.#random.below(names.length)]!;
    if (!sick.delete(name)) sick.add(name);
    this.#log.push(`${name} ${sick.has(name) ? "falls sick" : "recovers"}`);
  }

  #setSeconds(seconds: number): void {
    this.own.seconds = seconds;
    this.#real.setSeconds(seconds);
  }

  /** A client and a key, each of a few, so that they come again. */
  #ask(): { readonly request: Request; readonly headers: Record<string, string> } {
    const random = this.#random;
    const key = ["", "/", "/a", "user=7", "schön", "日本", "🙂"][random.below(7)]! + random.below(9);
    const empty = random.below(12) === 0;
    const six = random.below(4) === 0;
    const words = Array.from({ length: six ? 4 : 1 }, () => random.below(2 ** 32) | 0);
    if (six) words[0] = 0x20010db8;
    const headers = {
      "x-client": six ? sixText(words) : fourText(words[0]!),
      ...(empty ? {} : { "x-key": Buffer.from(key, "utf8").toString("latin1") }),
    };
    const where = { sourceAddress: words, sourcePort: 0, destinationAddress: [0], fallback: false, usePort: false };
    return { request: { ...where, nowMs: 0, random: this.#draw, ...(empty ? {} : { key }) }, headers };
  }
}

/** The draws of given-time-and-chance.c. */
function sharedChance(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 1) / 2 ** 31;
  };
}

function fourText(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join(".");
}

function sixText(words: readonly number[]): string {
  return words
    .flatMap((word) => [word >>> 16, word & 0xffff])
    .map((group) => group.toString(16))
    .join(":");
}
