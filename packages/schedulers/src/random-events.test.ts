import { describe, expect, test } from "vitest";
import { isAvailable } from "./ipvs/availability.ts";
import { ipvsSchedulers } from "./ipvs/table.ts";
import type { Request, Scheduler, Server } from "./scheduler.ts";
import { schedulers } from "./schedulers.ts";
import { seededStream } from "./seeded-stream.ts";

/** A million events in all: servers come, go and change, clients come and go. */
const eventsEach = Math.ceil(1_000_000 / Object.keys(schedulers).length);
const mostServers = 8;
/** Hash rings of the other programs have 160 points for each 1 of a weight. */
const weights = { ipvs: [0, 1, 1, 2, 3, 5, 100, 65_535, 2 ** 31 - 1], others: [0, 1, 1, 2, 3, 5] };

/** The hashes leave those whose bucket is another's; ovf is full at some time. */
const finding: ReadonlySet<string> = new Set(["rr", "wrr", "lc", "wlc", "sed", "nq", "lblc", "lblcr", "fo"]);

type MutableServer = { -readonly [K in keyof Server]: Server[K] };

class World {
  servers: MutableServer[] = [];
  picks = 0;
  readonly #scheduler: Scheduler<unknown>;
  readonly #atHead: boolean;
  /** It promises somebody where somebody takes connections. */
  readonly #finds: boolean;
  readonly #random: () => number;
  #state: unknown;
  #nowMs = 0;
  #nextId = 0;

  constructor(scheduler: Scheduler<unknown>, seed: number) {
    this.#scheduler = scheduler;
    this.#atHead = Object.hasOwn(ipvsSchedulers, scheduler.name);
    this.#finds = finding.has(scheduler.name);
    this.#random = seededStream(seed);
    this.#state = scheduler.start([], 0);
  }

  step(): void {
    const kind = this.#random();
    if (kind < 0.01) this.#add();
    else if (kind < 0.016) this.#remove();
    else if (kind < 0.03) this.#change();
    else if (kind < 0.3) this.#release();
    else this.#choose();
  }

  /** The state as JSON is the state. */
  checkState(): void {
    const copy = JSON.parse(JSON.stringify(this.#state)) as unknown;
    expect(copy).toStrictEqual(this.#state);
    this.#state = copy;
  }

  #add(): void {
    if (this.servers.length === mostServers) return;
    const id = this.#nextId++;
    const weight = this.#weight();
    const server = { id, address: [id * 7919], port: 8080, weight, lastWeight: weight };
    const idle = { activeConnections: 0, inactiveConnections: 0, overloaded: false };
    const index = this.#atHead ? 0 : this.servers.length;
    this.servers = this.servers.toSpliced(index, 0, { ...server, ...idle });
    this.#state = this.#scheduler.added(this.#state, this.servers, index);
  }

  #remove(): void {
    if (this.servers.length === 0) return;
    const index = this.#below(this.servers.length);
    this.servers = this.servers.toSpliced(index, 1);
    this.#state = this.#scheduler.removed(this.#state, this.servers, index);
  }

  #change(): void {
    if (this.servers.length === 0) return;
    const index = this.#below(this.servers.length);
    const server = this.servers[index]!;
    const weight = this.#weight();
    // Only IPVS has thresholds, and they are crossed without anybody telling the scheduler.
    const overloaded = this.#atHead && this.#random() < 0.3;
    this.servers = this.servers.with(index, { ...server, weight, lastWeight: weight || server.lastWeight, overloaded });
    this.#state = this.#scheduler.changed(this.#state, this.servers);
  }

  #release(): void {
    const index = this.servers.length === 0 ? -1 : this.#below(this.servers.length);
    const server = this.servers[index];
    if (server === undefined || server.activeConnections === 0) return;
    server.activeConnections--;
    server.inactiveConnections = (server.inactiveConnections + 1) % 50;
    const outcome = { failed: this.#random() < 0.1, durationMs: this.#below(500), nowMs: this.#nowMs };
    const { released } = this.#scheduler;
    if (released !== undefined) this.#state = released(this.#state, this.servers, index, outcome);
  }

  #choose(): void {
    // Now and then nobody comes for a while: hours in all.
    this.#nowMs += this.#random() < 0.001 ? this.#below(3_600_000) : this.#below(100);
    const { state, index, examined } = this.#scheduler.choose(this.#state, this.servers, this.#request());
    this.#state = state;
    if (!Number.isInteger(index) || index < -1 || index >= this.servers.length) throw new Error(`index ${index}`);
    if (!Number.isInteger(examined) || examined < 0) throw new Error(`examined ${examined}`);
    const chosen = this.servers[index];
    if (chosen === undefined) {
      if (this.#finds && this.servers.some(isAvailable)) throw new Error("nobody, though somebody can");
      return;
    }
    this.picks++;
    // lblc stays with a server whatever its thresholds.
    if (chosen.weight === 0 || (chosen.overloaded && this.#scheduler.name !== "lblc"))
      throw new Error(`chose ${index}`);
    chosen.activeConnections++;
  }

  #request(): Request {
    const client = this.#below(1000);
    return {
      sourceAddress: [(client * 2654435761) | 0],
      sourcePort: this.#below(65_536),
      destinationAddress: [this.#below(300)],
      destinationPort: 80,
      protocol: 6,
      nowMs: this.#nowMs,
      fallback: this.#random() < 0.5,
      usePort: this.#random() < 0.5,
      key: `/${client}`,
      random: this.#random,
    };
  }

  #weight(): number {
    const choice = this.#atHead ? weights.ipvs : weights.others;
    return choice[this.#below(choice.length)]!;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

describe(`a million random events`, () => {
  test.for(Object.entries(schedulers))("break no invariant of %s", { timeout: 120_000 }, ([, scheduler]) => {
    const world = new World(scheduler, 1);
    for (let event = 1; event <= eventsEach; event++) {
      world.step();
      if (event % 5000 === 0) world.checkState();
    }
    world.checkState();
    expect(world.picks).toBeGreaterThan(eventsEach / 4);
  });
});
