import { expect, test } from "vitest";
import { chash } from "./ingress-nginx/chash.ts";
import { nginxHashConsistent } from "./nginx/hash-consistent.ts";
import type { Scheduler } from "./scheduler.ts";
import { seededStream } from "./seeded-stream.ts";
import { serversOf } from "./servers.ts";

/** 160 points at random: the arcs of a server add up to 1/n with a standard deviation of 1/√160 of it, a little less. */
test.each([chash, nginxHashConsistent] as Scheduler<unknown>[])(
  "$name gives servers shares that deviate by 8 %",
  (scheduler) => {
    const random = seededStream(1);
    const count = 20;
    const squares = Array.from({ length: 60 }, () => {
      const byte = (): number => Math.floor(random() * 256);
      const names = new Set<string>();
      while (names.size < count) names.add(`10.${byte()}.${byte()}.${byte()}:8080`);
      const servers = serversOf(scheduler, [...names]);
      const { parts, whole } = scheduler.odds!(scheduler.start(servers, 0), servers);
      return parts.map((part) => ((Number(part) / Number(whole)) * count - 1) ** 2);
    }).flat();
    const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    expect(deviation).toBeGreaterThan(0.07);
    expect(deviation).toBeLessThan(0.09);
  },
);
