import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { EwmaState } from "@kubenetsim/schedulers";
import { decayed, secondsOf } from "@kubenetsim/schedulers/ingress-nginx/ewma-scores";
import { describe, expect, it } from "vitest";
import { type Case, kinds, randomCase } from "./cases.ts";
import { type Pick, replay } from "./replay.ts";

/*
 * What the balancers of ingress-nginx's controller 1.15.1 (rootfs/etc/nginx/lua/balancer.lua and all that it needs, with
 * lua-resty-balancer 0.05 and its chash.c) picked under LuaJIT for the cases of cases.ts: a line for each case. Chance was
 * chance.ts's stream of the event, and Lua's tables were walked in the order of their keys.
 *
 * A line: the endpoints picked, in base 36, `-` for none; then for sticky balancers the CRC-32 of all cookies set (`-` where
 * none was), joined by line feeds, and for ewma the score of each pick as it stands in `$balancer_ewma_score`.
 */
const lines = readFileSync(new URL("lua-picks.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const cases = lines.map((line, number) => ({ one: randomCase(number), answer: line.split(" ") }));

describe.each(kinds)("%s picks as the Lua code did", (kind) => {
  const own = cases.filter(({ one }) => one.kind === kind);

  it(`in ${own.length} recorded cases`, () => {
    expect(own.length).toBe(600);
    const different = own.filter(({ one, answer }) => textOf(replay(one)) !== answer[0]);
    expect(different.map(({ one }) => one.number)).toEqual([]);
  });

  if (kind.startsWith("sticky")) {
    it("and sets the same cookies", () => {
      for (const { one, answer } of own) expect([one.number, cookiesOf(replay(one))]).toEqual([one.number, answer[1]]);
    });
  }

  if (kind === "ewma") {
    it("by the same scores", () => {
      for (const { one, answer } of own)
        expect([one.number, ...scoresOf(one)]).toEqual([one.number, ...answer.slice(1)]);
    });
  }
});

function textOf(picks: readonly Pick[]): string {
  return picks.map(({ endpoint }) => (endpoint < 0 ? "-" : endpoint.toString(36))).join("");
}

function cookiesOf(picks: readonly Pick[]): string {
  return crc32(picks.map(({ cookie }) => cookie ?? "-").join("\n")).toString(16);
}

/** Six digits of the picked endpoint's average as it had decayed to; -1 for an only endpoint, which nobody scores. */
function scoresOf(one: Case): string[] {
  const requests = one.events.filter((event) => event.what === "pick");
  return replay(one).map(({ endpoint, place, state }, at) => {
    const { averages, touched } = state as EwmaState;
    if (endpoint < 0) return "-";
    if (averages.length === 1) return "-1";
    const known = { average: averages[place] ?? 0, touched: touched[place] ?? 0 };
    const score = decayed(known, 0, secondsOf(requests[at]!.nowMs));
    return String(Number(score.toPrecision(6)));
  });
}
