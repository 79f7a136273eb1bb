import { describe, expect, test } from "vitest";
import type { Request, Scheduler, Server } from "../scheduler.ts";
import { seededStream } from "../seeded-stream.ts";
import { lblc } from "./lblc.ts";
import { lblcr } from "./lblcr.ts";

/** lblc and lblcr beside a table that changes in place, minute by minute, as ip_vs_lblc.c and ip_vs_lblcr.c have it. */

type Real = { -readonly [K in keyof Server]: Server[K] } & { available: boolean };

interface Entry {
  readonly address: number;
  set: Real[];
  lastUse: number;
  lastChange: number;
}

class KernelTable {
  readonly buckets: Entry[][] = Array.from({ length: 1024 }, () => []);
  entries = 0;
  cleared = 0;
  readonly #replicates: boolean;
  #timer = 60_000;
  #counter = 1;
  #rover = 0;

  constructor(replicates: boolean) {
    this.#replicates = replicates;
  }

  schedule(list: readonly Real[], address: number, now: number, expiration: number): Real | undefined {
    for (; this.#timer <= now; this.#timer += 60_000) this.#checkExpire(this.#timer, expiration);
    const bucket = this.#bucketOf(address);
    const entry = bucket.find((one) => one.address === address);
    if (entry === undefined) {
      const chosen = wlc(list);
      if (chosen !== undefined) this.#hash({ address, set: [chosen], lastUse: now, lastChange: now });
      return chosen;
    }
    entry.lastUse = now;
    const kept = this.#replicates ? this.#leastOfSet(entry, now, expiration) : entry.set[0];
    if (kept?.available && kept.weight > 0 && !isOverloaded(kept, list)) return kept;
    const chosen = wlc(list);
    if (chosen === undefined || entry.set.includes(chosen)) return chosen;
    if (this.#replicates) {
      entry.set.unshift(chosen);
      entry.lastChange = now;
    } else {
      bucket.splice(bucket.indexOf(entry), 1);
      this.#hash({ address, set: [chosen], lastUse: now, lastChange: now });
    }
    return chosen;
  }

  #leastOfSet(entry: Entry, now: number, expiration: number): Real | undefined {
    const least = wlc(entry.set.filter((one) => one.available));
    if (entry.set.length > 1 && now > entry.lastChange + expiration) {
      const weighted = entry.set.filter((one) => one.weight > 0);
      const [most] = weighted.toSorted((a, b) => overhead(b) * a.weight - overhead(a) * b.weight);
      if (most !== undefined) {
        entry.set = entry.set.filter((one) => one !== most);
        entry.lastChange = now;
      }
    }
    return least;
  }

  #checkExpire(now: number, expiration: number): void {
    if (this.#counter % 30 === 0) {
      this.#sweep(now - expiration, Number.POSITIVE_INFINITY);
      this.#counter = 1;
    } else if (this.entries <= 16_384) this.#counter++;
    else {
      const goal = Math.trunc(((this.entries - 16_384) * 4) / 3);
      this.#sweep(now - 360_000, Math.min(goal, 8192));
    }
  }

  #sweep(usedUntil: number, most: number): void {
    let goal = most;
    for (let i = 0; i < 1024; i++) {
      this.#rover = (this.#rover + 1) & 1023;
      const bucket = this.buckets[this.#rover]!;
      const kept = bucket.filter((entry) => entry.lastUse > usedUntil);
      goal -= bucket.length - kept.length;
      this.entries -= bucket.length - kept.length;
      this.cleared += bucket.length - kept.length;
      this.buckets[this.#rover] = kept;
      if (goal <= 0) break;
    }
  }

  #hash(entry: Entry): void {
    this.#bucketOf(entry.address).unshift(entry);
    this.entries++;
  }

  #bucketOf(address: number): Entry[] {
    return this.buckets[Number(BigInt.asUintN(32, BigInt(address) * 0x61c88647n) >> 22n)]!;
  }
}

const overhead = (one: Real): number => 256 * one.activeConnections + one.inactiveConnections;

function wlc(list: readonly Real[]): Real | undefined {
  const candidates = list.filter((one) => one.weight > 0 && !one.overloaded);
  return candidates.toSorted((a, b) => overhead(a) * b.weight - overhead(b) * a.weight)[0];
}

function isOverloaded(one: Real, list: readonly Real[]): boolean {
  return one.activeConnections > one.weight && list.some((other) => other.activeConnections * 2 < other.weight);
}

/** What one run of random events is like. */
interface Course {
  readonly events: number;
  readonly destinations: number;
  readonly expirationMs: number;
  /** A step of time at most, and one in a thousand. */
  readonly stepMs: number;
  readonly leapMs: number;
}

class World {
  readonly table: KernelTable;
  most = 0;
  readonly #scheduler: Scheduler<unknown>;
  readonly #course: Course;
  readonly #random: () => number;
  #servers: Real[] = [];
  #trash: Real[] = [];
  readonly #open: Real[] = [];
  #state: unknown;
  #now = 0;
  #nextId = 0;

  constructor(scheduler: Scheduler<unknown>, course: Course, seed: number) {
    this.#scheduler = scheduler;
    this.#course = course;
    this.#random = seededStream(seed);
    this.table = new KernelTable(scheduler === (lblcr as Scheduler<unknown>));
    this.#state = scheduler.start([], 0);
  }

  step(): void {
    const kind = this.#below(100);
    if (kind < 1) this.#add();
    else if (kind < 2) this.#remove();
    else if (kind < 5) this.#change();
    else if (kind < 30) this.#end();
    else this.#pick();
  }

  #add(): void {
    if (this.#servers.length > 5) return;
    const old = this.#trash.length > 0 && this.#random() < 0.6 ? this.#trash.pop()! : this.#newServer();
    old.weight = this.#below(6);
    old.available = true;
    this.#servers = [old, ...this.#servers];
    this.#state = this.#scheduler.added(this.#state, this.#servers, 0);
  }

  #newServer(): Real {
    const id = this.#nextId++;
    const idle = { activeConnections: 0, inactiveConnections: 0, overloaded: false, available: true };
    return { id, address: [id], port: 80, weight: 1, lastWeight: 1, ...idle };
  }

  #remove(): void {
    const index = this.#below(this.#servers.length);
    const server = this.#servers[index];
    if (server === undefined) return;
    server.available = false;
    this.#servers = this.#servers.toSpliced(index, 1);
    this.#trash = [server, ...this.#trash];
    this.#state = this.#scheduler.removed(this.#state, this.#servers, index);
  }

  #change(): void {
    const server = this.#servers[this.#below(this.#servers.length)];
    if (server === undefined) return;
    server.weight = this.#below(6);
    server.overloaded = this.#random() < 0.1;
    this.#state = this.#scheduler.changed(this.#state, this.#servers);
  }

  #end(): void {
    const [server] = this.#open.splice(this.#below(this.#open.length), 1);
    if (server === undefined) return;
    server.activeConnections--;
    server.inactiveConnections = (server.inactiveConnections + 1) % 40;
  }

  #pick(): void {
    const { destinations, expirationMs, stepMs, leapMs } = this.#course;
    this.#now += this.#random() < 0.001 ? this.#below(leapMs) : this.#below(stepMs);
    // Some are asked for all the time.
    const destination = this.#random() < 0.3 ? this.#below(5) : this.#below(destinations);
    const request = requestOf(destination, this.#now, expirationMs);
    const choice = this.#scheduler.choose(this.#state, this.#servers, request, this.#trash);
    this.#state = choice.state;
    const real = this.table.schedule(this.#servers, destination, this.#now, expirationMs);
    if (this.#servers[choice.index] !== real) throw new Error(`${choice.index} for ${destination} at ${this.#now}`);
    this.most = Math.max(this.most, this.table.entries);
    if (real === undefined) return;
    real.activeConnections++;
    this.#open.push(real);
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

function requestOf(destination: number, nowMs: number, expirationMs: number): Request {
  const from = { sourceAddress: [1], sourcePort: 1, fallback: false, usePort: false };
  return { ...from, destinationAddress: [destination], nowMs, expirationMs };
}

describe.for<[string, Scheduler<unknown>]>([
  ["lblc", lblc],
  ["lblcr", lblcr],
])("%s is the kernel's", ([, scheduler]) => {
  test("over days, with more destinations than it likes", { timeout: 120_000 }, () => {
    const course = { events: 60_000, destinations: 60_000, expirationMs: 86_400_000, stepMs: 10, leapMs: 2_000_000 };
    const world = new World(scheduler, course, 7);
    for (let event = 0; event < course.events; event++) world.step();
    expect(world.most).toBeGreaterThan(16_384);
    expect(world.table.cleared).toBeGreaterThan(2000);
  });

  test("with few destinations and a short expiration", { timeout: 60_000 }, () => {
    const course = { events: 15_000, destinations: 12, expirationMs: 4000, stepMs: 900, leapMs: 20_000_000 };
    for (const seed of [1, 2, 3]) {
      const world = new World(scheduler, course, seed);
      for (let event = 0; event < course.events; event++) world.step();
      expect(world.table.cleared).toBeGreaterThan(10);
    }
  });
});
