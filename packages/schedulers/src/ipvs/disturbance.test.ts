import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { Request, Server } from "../scheduler.ts";
import { seededStream } from "../seeded-stream.ts";
import type { HashTableState } from "./hash-table.ts";
import { ipvsSchedulers as schedulers } from "./table.ts";

/** Which clients have another server when one leaves, is quiesced or comes: of sh, dh and mh. */

const places = 4093;

function serversOf(count: number, random: () => number): Server[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    address: [(random() * 2 ** 32) | 0],
    port: 8080,
    weight: 1,
    lastWeight: 1,
    activeConnections: 0,
    inactiveConnections: 0,
    overloaded: false,
  }));
}

function requestOf(client: number, usePort = false): Request {
  const addresses = { sourceAddress: [client], destinationAddress: [client] };
  return { ...addresses, sourcePort: client & 0xffff, nowMs: 0, fallback: false, usePort };
}

/** The id of the owner of each place. */
function ownersOf(name: string, servers: readonly Server[]): number[] {
  const scheduler = schedulers[name]!;
  const { state } = scheduler.choose(scheduler.start(servers, 0), servers, requestOf(1));
  return (state as HashTableState).buckets!.map((index) => servers[index]!.id);
}

/** Share of places that were not the leaving one's and have another owner. */
function disturbed(name: string, servers: readonly Server[], leaving: number): number {
  const before = ownersOf(name, servers);
  const after = ownersOf(name, servers.toSpliced(leaving, 1));
  const moved = before.filter((owner, place) => owner !== servers[leaving]!.id && owner !== after[place]);
  return moved.length / before.length;
}

describe("when one of n servers leaves", () => {
  test.each([3, 5, 10, 20, 50])("mh moves few clients of the others, sh most of them: n = %i", (count) => {
    const random = seededStream(count);
    const rounds = 30;
    const sums = { mh: 0, sh: 0 };
    for (let round = 0; round < rounds; round++) {
      const servers = serversOf(count, random);
      const leaving = Math.floor(random() * count);
      for (const name of ["mh", "sh"] as const) sums[name] += disturbed(name, servers, leaving) / rounds;
    }
    // Maglev fills its table anew, so more than the leaving one's places move: about 1 to 3 % of all.
    expect(sums.mh).toBeLessThan(0.04);
    expect(sums.sh).toBeGreaterThan(0.3);
  });

  test.prop([fc.integer({ min: 1, max: 60 }), fc.nat()])("mh's places are shared evenly before", (count, seed) => {
    const owned = new Map<number, number>();
    for (const owner of ownersOf("mh", serversOf(count, seededStream(seed)))) {
      owned.set(owner, (owned.get(owner) ?? 0) + 1);
    }
    for (const share of owned.values()) {
      expect([Math.floor(places / count), Math.ceil(places / count)]).toContain(share);
    }
  });
});

test.prop([fc.integer({ min: 2, max: 20 }), fc.nat(), fc.nat()])(
  "mh: a quiesced server moves nobody; its own clients are refused",
  (count, seed, which) => {
    const servers = serversOf(count, seededStream(seed));
    const quiet = which % count;
    const quiesced = servers.with(quiet, { ...servers[quiet]!, weight: 0 });
    expect(ownersOf("mh", quiesced)).toEqual(ownersOf("mh", servers));
    for (let client = 0; client < 20; client++) {
      const [before, after] = [servers, quiesced].map(
        (list) => schedulers.mh!.choose(schedulers.mh!.start(list, 0), list, requestOf(client)).index,
      );
      expect(after).toBe(before === quiet ? -1 : before);
    }
  },
);

test.prop([
  fc.constantFrom("sh", "dh", "mh"),
  fc.integer({ min: 1, max: 8 }),
  fc.nat(),
  fc.array(fc.tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.boolean()), { maxLength: 20 }),
])("sh, dh and mh choose by the table and the client alone, whatever came before", (name, count, seed, clients) => {
  const scheduler = schedulers[name]!;
  const servers = serversOf(count, seededStream(seed));
  let state = scheduler.start(servers, 0);
  for (const [client, usePort] of clients) {
    const choice = scheduler.choose(state, servers, requestOf(client, usePort));
    expect(choice.index).toBe(scheduler.choose(scheduler.start(servers, 0), servers, requestOf(client, usePort)).index);
    state = choice.state;
  }
});
