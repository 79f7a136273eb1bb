import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { Request, Scheduler } from "../scheduler.ts";
import { nginxHash } from "./hash.ts";
import { nginxHashConsistent } from "./hash-consistent.ts";
import { nginxIpHash } from "./ip-hash.ts";
import { nginxLeastConn } from "./least-conn.ts";
import { type NginxServer, nginxTries } from "./peers.ts";
import { nginxRandom, nginxRandomTwo } from "./random.ts";
import { nginxRoundRobin } from "./round-robin.ts";
import { nginxSchedulers } from "./table.ts";

const request: Request = {
  sourceAddress: [0x0a010203],
  sourcePort: 40000,
  destinationAddress: [0x0a000001],
  nowMs: 0,
  fallback: false,
  usePort: false,
};

/** Servers 127.0.0.1:8080, 127.0.0.2:8080 ... of these weights. */
function block(weights: readonly number[], more: Partial<NginxServer> = {}): NginxServer[] {
  return weights.map((weight, id) => ({
    id,
    address: [0x7f000001 + id],
    port: 8080,
    weight,
    lastWeight: weight,
    activeConnections: 0,
    inactiveConnections: 0,
    overloaded: false,
    ...more,
  }));
}

/** Picks in a row, as letters. */
function picks(scheduler: Scheduler<unknown>, servers: readonly NginxServer[], count: number, from?: unknown): string {
  let state = from ?? scheduler.start(servers, 0);
  let letters = "";
  for (let i = 0; i < count; i++) {
    const choice = scheduler.choose(state, servers, request);
    state = choice.state;
    letters += letter(choice.index);
  }
  return letters;
}

function letter(index: number): string {
  return index < 0 ? "-" : String.fromCharCode(97 + index);
}

/** A stream of numbers in [0, 1) whose low bits are as good as its high ones. */
function mixed(): () => number {
  let count = 0;
  return () => {
    let mix = Math.imul(++count, 0x9e3779b9);
    mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
    mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
    return ((mix ^ (mix >>> 16)) >>> 0) / 2 ** 32;
  };
}

const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 });

describe("nginx/round_robin", () => {
  test("spreads 5, 1, 1 as a a b a c a a", () => {
    expect(picks(nginxRoundRobin, block([5, 1, 1]), 14)).toBe("aabacaaaabacaa");
  });

  test("pays the sum of all weights for each pick", () => {
    const servers = block([5, 1, 1]);
    let state = nginxRoundRobin.start(servers, 0);
    const rows = Array.from({ length: 7 }, () => {
      state = nginxRoundRobin.choose(state, servers, request).state;
      return state.currentWeights;
    });
    expect(rows).toEqual([
      [-2, 1, 1],
      [-4, 2, 2],
      [1, -4, 3],
      [-1, -3, 4],
      [4, -2, -2],
      [2, -1, -1],
      [0, 0, 0],
    ]);
  });

  test.prop([weights, fc.integer({ min: 1, max: 3 })])("gives each its weight in every period", (list, periods) => {
    const sum = list.reduce((a, b) => a + b);
    const letters = picks(nginxRoundRobin, block(list), sum * periods);
    expect(list.map((_, i) => letters.split(letter(i)).length - 1)).toEqual(list.map((weight) => weight * periods));
    expect(letters.slice(0, sum).repeat(periods)).toBe(letters);
  });

  test.prop([weights])("never puts anybody a whole pick before his share", (list) => {
    const sum = list.reduce((a, b) => a + b);
    const letters = picks(nginxRoundRobin, block(list), sum);
    for (const [i, weight] of list.entries()) {
      for (let count = 1; count <= sum; count++) {
        const had = letters.slice(0, count).split(letter(i)).length - 1;
        expect(had * sum).toBeLessThan(count * weight + sum);
      }
    }
  });

  test.prop([fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })])(
    "of two servers, takes the heavier as often in a row as its weight has the other's in it, rounded up",
    (one, other) => {
      const letters = picks(nginxRoundRobin, block([one, other]), 2 * (one + other));
      const heavier = one >= other ? /a+/g : /b+/g;
      const longest = Math.max(...letters.match(heavier)!.map((run) => run.length));
      expect(longest).toBe(Math.ceil(Math.max(one, other) / Math.min(one, other)));
    },
  );

  test("turns to the backups when nobody else can be had, and goes on among them", () => {
    const servers = block([1, 1, 1, 1]).map((server, i) => ({ ...server, down: i < 1, backup: i > 1 }));
    expect(picks(nginxRoundRobin, servers, 3)).toBe("bbb");
    const state = nginxRoundRobin.start(servers, 0);
    const first = nginxRoundRobin.choose(state, servers, { ...request, tried: [1] });
    expect(first.index).toBe(2);
    expect(nginxRoundRobin.choose(first.state, servers, { ...request, tried: [1, 2] }).index).toBe(3);
    expect(nginxRoundRobin.choose(first.state, servers, { ...request, tried: [1, 2, 3] }).index).toBe(-1);
    expect(nginxTries(servers)).toBe(3);
  });

  test("leaves a server that failed alone for ten seconds, then gives its share back little by little", () => {
    const servers = block([4, 4]);
    let state = nginxRoundRobin.choose(nginxRoundRobin.start(servers, 0), servers, request).state;
    state = nginxRoundRobin.released!(state, servers, 0, { failed: true, durationMs: 1, nowMs: 0 });
    expect(state.effectiveWeights).toEqual([0, 4]);
    const at = (nowMs: number): string => {
      const choice = nginxRoundRobin.choose(state, servers, { ...request, nowMs });
      state = nginxRoundRobin.released!(choice.state, servers, choice.index, { failed: false, durationMs: 1, nowMs });
      return letter(choice.index);
    };
    expect([at(1_000), at(10_999)].join("")).toBe("bb");
    expect(Array.from({ length: 12 }, () => at(11_000)).join("")).toBe("bbbbabababab");
    expect(state.effectiveWeights).toEqual([4, 4]);
  });

  test("asks a server that is alone whatever it failed", () => {
    const servers = block([1]);
    const state = nginxRoundRobin.start(servers, 0);
    expect(nginxRoundRobin.released!(state, servers, 0, { failed: true, durationMs: 1, nowMs: 0 })).toBe(state);
    expect(picks(nginxRoundRobin, servers, 2)).toBe("aa");
    expect(picks(nginxRoundRobin, block([1], { down: true }), 1)).toBe("-");
  });
});

describe("nginx/least_conn", () => {
  test("takes the least connections per weight", () => {
    const servers = block([1, 2, 4]).map((server, i) => ({ ...server, activeConnections: [1, 3, 3][i]! }));
    expect(picks(nginxLeastConn, servers, 3)).toBe("ccc");
  });

  test("goes round by weight among equals only", () => {
    const servers = block([3, 1, 1]).map((server, i) => ({ ...server, activeConnections: [0, 0, 1][i]! }));
    expect(picks(nginxLeastConn, servers, 8)).toBe("aabaaaba");
  });

  test("compares as nginx does in 64 bits", () => {
    const [most, large] = [2 ** 31 - 1, 2 ** 30];
    const servers = block([most, most - 1]).map((one, i) => ({ ...one, activeConnections: [large + 1, large][i]! }));
    expect(picks(nginxLeastConn, servers, 1)).toBe(
      BigInt(large) * BigInt(most) < BigInt(large + 1) * BigInt(most - 1) ? "b" : "a",
    );
  });
});

describe("nginx/ip_hash", () => {
  test("hashes the first three bytes of IPv4", () => {
    const servers = block([1, 1, 1, 1, 1]);
    const hash = [10, 1, 2].reduce((sum, byte) => (sum * 113 + byte) % 6271, 89);
    const state = nginxIpHash.start(servers, 0);
    for (const last of [0, 77, 255]) {
      expect(nginxIpHash.choose(state, servers, { ...request, sourceAddress: [0x0a010200 + last] }).index).toBe(
        hash % 5,
      );
    }
  });

  test("keeps a share for a server that is down: the others' clients stay", () => {
    const servers = block([1, 1, 1]);
    const without = servers.map((server, i) => ({ ...server, down: i === 1 }));
    for (let subnet = 0; subnet < 200; subnet++) {
      const from = { ...request, sourceAddress: [0x0a000000 + subnet * 256] };
      const before = nginxIpHash.choose(nginxIpHash.start(servers, 0), servers, from).index;
      const after = nginxIpHash.choose(nginxIpHash.start(without, 0), without, from).index;
      if (before === 1) expect(after).not.toBe(1);
      else expect(after).toBe(before);
    }
  });
});

describe("nginx/hash", () => {
  test("takes fifteen bits of the key's CRC-32, and adds the next for the next try", () => {
    const servers = block([1, 1, 1]);
    const state = nginxHash.start(servers, 0);
    // crc32("123456789") is 0xcbf43926.
    const first = nginxHash.choose(state, servers, { ...request, key: "123456789" });
    expect(first.index).toBe(0x4bf4 % 3);
    expect(first.progress).toEqual({ hash: 0x4bf4, rehashes: 1, tries: 0 });
    const again = { ...request, key: "123456789", tried: [first.index], progress: first.progress! };
    const second = nginxHash.choose(first.state, servers, again);
    expect(second.index).not.toBe(first.index);
    expect(second.progress!.hash).toBeGreaterThan(0x4bf4);
  });
});

describe("nginx/hash_consistent", () => {
  test.prop([weights, fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 50 }), fc.nat()])(
    "moves only the keys of the server that leaves",
    (list, keys, which) => {
      const servers = block(list);
      const gone = which % servers.length;
      const rest = servers.filter((_, i) => i !== gone);
      fc.pre(rest.length > 1);
      for (const key of keys) {
        const chosen = [servers, rest].map((some) => {
          const choice = nginxHashConsistent.choose(nginxHashConsistent.start(some, 0), some, { ...request, key });
          return some[choice.index]!.id;
        });
        if (chosen[0] !== gone) expect(chosen[1]).toBe(chosen[0]);
      }
    },
  );

  test("has 160 points per weight, in order, each the CRC-32 that follows from the one before", () => {
    const servers = block([2, 1]);
    const state = nginxHashConsistent.start(servers, 0);
    expect(state.hashes).toHaveLength(480);
    expect(state.owners.filter((owner) => owner === 0)).toHaveLength(320);
    expect(state.hashes).toEqual(state.hashes.toSorted((a, b) => a - b));
  });

  test("refuses a ring that no memory holds", () => {
    expect(() => nginxHashConsistent.start(block([2 ** 31 - 1, 1]), 0)).toThrow(RangeError);
  });
});

describe("nginx/random and nginx/random_two", () => {
  const drawing = (...places: readonly number[]): Request => {
    const rest = [...places];
    return { ...request, random: () => rest.shift()! / 2 ** 31 };
  };

  test("draws a place in the sum of weights", () => {
    const servers = block([5, 1, 2]);
    const state = nginxRandom.start(servers, 0);
    const chosen = [0, 4, 5, 6, 7, 8].map((place) => nginxRandom.choose(state, servers, drawing(place)).index);
    expect(chosen).toEqual([0, 0, 1, 2, 2, 0]);
  });

  test("takes the less loaded of two different ones, the second of equals", () => {
    const servers = block([1, 1, 1]).map((server, i) => ({ ...server, activeConnections: [2, 0, 0][i]! }));
    const state = nginxRandomTwo.start(servers, 0);
    expect(nginxRandomTwo.choose(state, servers, drawing(0, 0, 1)).index).toBe(1);
    expect(nginxRandomTwo.choose(state, servers, drawing(1, 0)).index).toBe(1);
    expect(nginxRandomTwo.choose(state, servers, drawing(1, 2)).index).toBe(2);
  });

  test("leaves it to round robin after 21 draws in vain", () => {
    const servers = block([1, 1]);
    const state = nginxRandomTwo.start(servers, 0);
    let draws = 0;
    const random = (): number => {
      draws++;
      return 0.25;
    };
    const choice = nginxRandomTwo.choose(state, servers, { ...request, random });
    expect([draws, choice.index, choice.state.currentWeights]).toEqual([21, 0, [-1, 1]]);
  });

  test("need chance", () => {
    const servers = block([1, 1]);
    for (const scheduler of [nginxRandom, nginxRandomTwo]) {
      expect(() => scheduler.choose(scheduler.start(servers, 0), servers, request)).toThrow(TypeError);
    }
  });
});

describe.for(Object.entries(nginxSchedulers))("%s", ([name, scheduler]) => {
  test("takes a backup only where nginx's directive does", () => {
    const servers = block([1, 1]).map((server, i) => ({ ...server, backup: i > 0 }));
    const takesBackups = ["nginx/round_robin", "nginx/least_conn"].includes(name);
    if (takesBackups) expect(scheduler.start(servers, 0)).toMatchObject({ effectiveWeights: [1, 1] });
    else expect(() => scheduler.start(servers, 0)).toThrow('does not support the parameter "backup"');
  });

  test("chooses nobody among servers that cannot be had", () => {
    const shut = [block([]), block([0, 0]), block([1, 1], { down: true }), block([3, 1], { overloaded: true })];
    const asked = { ...request, key: "a", random: () => 0.5 };
    for (const servers of shut) {
      expect(scheduler.choose(scheduler.start(servers, 0), servers, asked).index).toBe(-1);
    }
  });
});

describe("odds", () => {
  const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n);
  const percent = (scheduler: Scheduler<unknown>, servers: readonly NginxServer[]): number[] => {
    const { parts, whole } = scheduler.odds!(scheduler.start(servers, 0), servers);
    expect(sum(parts)).toBe(whole);
    return parts.map((part) => Number((part * 10_000n) / whole) / 100);
  };

  test("of random are the weights, over 31 bits", () => {
    expect(percent(nginxRandom, block([5, 1, 2]))).toEqual([62.5, 12.5, 25]);
    const gone = block([5, 1, 2]).map((server, i) => ({ ...server, down: i === 0 }));
    expect(percent(nginxRandom, gone)[2]).toBeCloseTo(66.6, 0);
    expect(percent(nginxRandom, block([1]))).toEqual([100]);
  });

  test("of random two are for the less loaded", () => {
    const servers = block([1, 1, 1]).map((server, i) => ({ ...server, activeConnections: i }));
    expect(percent(nginxRandomTwo, servers)).toEqual([66.66, 33.33, 0]);
  });

  test.prop([weights, fc.array(fc.nat({ max: 3 }), { minLength: 6, maxLength: 6 }), fc.nat({ max: 5 })], {
    numRuns: 10,
  })("are what many clients come to", (list, loads, gone) => {
    const servers = block(list).map((one, i) => ({ ...one, activeConnections: loads[i]!, down: i === gone }));
    const random = mixed();
    for (const scheduler of [nginxRandom, nginxRandomTwo, nginxIpHash, nginxHashConsistent]) {
      const state = scheduler.start(servers, 0);
      const counts = servers.map(() => 0);
      for (let i = 0; i < 4000; i++) {
        const client = { ...request, random, key: String(random()), sourceAddress: [Math.floor(random() * 2 ** 32)] };
        counts[scheduler.choose(state as never, servers, client).index]!++;
      }
      for (const [i, share] of percent(scheduler, servers).entries()) {
        expect(Math.abs(counts[i]! / 40 - share)).toBeLessThan(5);
      }
    }
  });
});
