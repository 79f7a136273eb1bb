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

function requestOf(client: number, { destination = ~client, port = 40_000, usePort = false } = {}): Request {
  const addresses = { sourceAddress: [client], destinationAddress: [destination] };
  return { ...addresses, sourcePort: port, nowMs: 0, fallback: false, usePort };
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

  test.each([3, 5, 10, 20, 50])("mh moves few of them with any list and weights: n = %i", (count) => {
    for (let seed = 0; seed < 60; seed++) {
      const random = seededStream(seed * 1000 + count);
      const servers = serversOf(count, random).map((server) => {
        const weight = seed % 2 === 0 ? 1 : 1 + Math.floor(random() * 10);
        return { ...server, weight, lastWeight: weight };
      });
      expect(disturbed("mh", servers, Math.floor(random() * count))).toBeLessThan(0.1);
    }
  });

  test.prop([fc.nat(), fc.constantFrom(0, 1)])("mh moves nobody when one of two goes", (seed, leaving) => {
    expect(disturbed("mh", serversOf(2, seededStream(seed)), leaving)).toBe(0);
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

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const port = fc.nat({ max: 0xffff });

test.prop([
  fc.constantFrom("sh", "dh", "mh"),
  fc.integer({ min: 1, max: 8 }),
  fc.nat(),
  fc.array(fc.tuple(word, word, port, fc.boolean()), { maxLength: 20 }),
])("sh, dh and mh choose by the table and the request alone, whatever came before", (name, count, seed, requests) => {
  const scheduler = schedulers[name]!;
  const servers = serversOf(count, seededStream(seed));
  let state = scheduler.start(servers, 0);
  for (const [client, destination, port, usePort] of requests) {
    const request = requestOf(client, { destination, port, usePort });
    const choice = scheduler.choose(state, servers, request);
    expect(choice.index).toBe(scheduler.choose(scheduler.start(servers, 0), servers, request).index);
    state = choice.state;
  }
});

/** The choice for a request, with a table that stands. */
function choiceOf(name: string, servers: readonly Server[], request: Request): number {
  const scheduler = schedulers[name]!;
  return scheduler.choose(scheduler.start(servers, 0), servers, request).index;
}

describe("of all that a request says", () => {
  const servers = serversOf(8, seededStream(1));

  test.prop([fc.constantFrom("sh", "mh"), word, word, word, port, port])(
    "sh and mh look at the client's address, and at its port with the flag",
    (name, client, one, other, port, another) => {
      const base = requestOf(client, { destination: one, port });
      expect(choiceOf(name, servers, requestOf(client, { destination: other, port: another }))).toBe(
        choiceOf(name, servers, base),
      );
      expect(choiceOf(name, servers, requestOf(client, { destination: other, port, usePort: true }))).toBe(
        choiceOf(name, servers, { ...base, usePort: true }),
      );
    },
  );

  test.prop([word, word, word, port, port, fc.boolean()])(
    "dh looks at the destination",
    (destination, one, other, port, another, usePort) => {
      expect(choiceOf("dh", servers, requestOf(one, { destination, port }))).toBe(
        choiceOf("dh", servers, requestOf(other, { destination, port: another, usePort })),
      );
    },
  );

  test.each([
    ["sh", (value: number) => requestOf(value, { destination: 1 })],
    ["sh", (value: number) => requestOf(1, { destination: 1, port: value, usePort: true })],
    ["mh", (value: number) => requestOf(value, { destination: 1 })],
    ["mh", (value: number) => requestOf(1, { destination: 1, port: value, usePort: true })],
    ["dh", (value: number) => requestOf(1, { destination: value })],
  ] as const)("%s spreads what it looks at over all servers", (name, requestWith) => {
    const chosen = Array.from({ length: 500 }, (_, value) => choiceOf(name, servers, requestWith(value)));
    expect(new Set(chosen).size).toBe(servers.length);
  });
});
