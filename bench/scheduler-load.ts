import type { Request, Scheduler, Server } from "@kubenetsim/schedulers/scheduler";
import { serviceAddress } from "./kube-proxy-rules.ts";
import { PacketStream } from "./limit-loops.ts";

/** A request that comes again and again: later each time, with the cookie that the first answer has brought. */
export type Visit = Request & { cookie?: string; nowMs: number };

/** All in use and none idle, so that nobody is found early by luck; weights 1 to 5. */
export function busyServers(count: number): readonly Server[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    address: [serverAddress(id)],
    port: 8080,
    weight: (id % 5) + 1,
    lastWeight: (id % 5) + 1,
    activeConnections: 1 + ((id * 7) % 13),
    inactiveConnections: id % 3,
    overloaded: false,
  }));
}

export function serverAddress(index: number): number {
  return (10 << 24) | (244 << 16) | (index + 1);
}

/** Clients and destinations of a thousand kinds, each with what any family asks for. */
export function manyVisits(): readonly Visit[] {
  const stream = new PacketStream();
  const random = (): number => stream.next() / 2 ** 32;
  return Array.from({ length: 1024 }, (_, i) => ({
    sourceAddress: [(10 << 24) | (stream.next() & 0xffffff)],
    sourcePort: 1024 + (stream.next() & 0x7fff),
    destinationAddress: [serviceAddress(i)],
    destinationPort: 80,
    protocol: 6,
    nowMs: 0,
    fallback: false,
    usePort: false,
    random,
    key: `/page/${stream.next() % 100_000}`,
  }));
}

/** Each has one connection more than its weight, so none can help another. */
export function overburdenedServers(count: number): readonly Server[] {
  return busyServers(count).map((server) => ({ ...server, activeConnections: server.weight + 1 }));
}

/** Picks that remember nothing of those before: each destination is a new one. */
export function missLoop<State>(scheduler: Scheduler<State>, servers: readonly Server[]): (count: number) => number {
  const visits = manyVisits();
  const fresh = scheduler.start(servers, 0);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const { index } = scheduler.choose(fresh, servers, visits[i & (visits.length - 1)]!);
      sum = (sum + servers[index]!.port) | 0;
    }
    return sum;
  };
}

/**
 * Picks in a row, each with the state that the one before it left, each by another client, one a millisecond; clients come
 * back with the cookie that they were given. What it returns depends on the chosen servers.
 */
export function pickLoop<State>(scheduler: Scheduler<State>, servers: readonly Server[]): (count: number) => number {
  const visits = manyVisits();
  let kept = scheduler.start(servers, 0);
  for (const visit of visits) {
    const choice = scheduler.choose(kept, servers, visit);
    kept = choice.state;
    if (choice.cookie !== undefined) visit.cookie = choice.cookie;
  }
  const last = visits.length - 1;
  let nowMs = 0;
  return (count) => {
    let state = kept;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const visit = visits[i & last]!;
      visit.nowMs = ++nowMs;
      const choice = scheduler.choose(state, servers, visit);
      state = choice.state;
      sum = (sum + servers[choice.index]!.port) | 0;
    }
    kept = state;
    return sum;
  };
}
