import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { Balance } from "../balance.ts";
import { dh } from "../ipvs/dh.ts";
import { greatestCommonDivisor } from "../ipvs/gcd.ts";
import { lblc } from "../ipvs/lblc.ts";
import { mh } from "../ipvs/mh.ts";
import { rr } from "../ipvs/rr.ts";
import { sh } from "../ipvs/sh.ts";
import { wlc } from "../ipvs/wlc.ts";
import { wrr } from "../ipvs/wrr.ts";
import { nginxRandomTwo } from "../nginx/random.ts";
import type { Scheduler, Server } from "../scheduler.ts";
import { requestFrom, serversOf } from "../servers.ts";
import { disturbance, manyClients } from "./disturbance.ts";
import { fairness } from "./fairness.ts";
import { fairnessTable } from "./fairness-table.ts";
import { formatDecimal, formatFraction, formatPercent, fraction } from "./fraction.ts";
import { findPeriod } from "./period.ts";
import { stepSvg } from "./step-svg.ts";
import { stepTable } from "./step-table.ts";

const weights = fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 6 });

function weighted(scheduler: Scheduler<unknown>, list: readonly number[]): Server[] {
  return serversOf(
    scheduler,
    list.map((weight, i) => ({ address: `10.244.${i}.2:8080`, weight })),
  );
}

/** A scheduler that takes the servers in an order of its own, over and over. */
function inOrder(order: readonly number[]): Scheduler<number> {
  const choose: Scheduler<number>["choose"] = (state) => ({
    state: (state + 1) % order.length,
    index: order[state]!,
    examined: 1,
  });
  return { ...rr, name: "in/order", start: () => 0, choose };
}

describe("findPeriod", () => {
  test.prop([weights])("wrr repeats itself after the sum of weights over their divisor", (list) => {
    const divisor = list.reduce(greatestCommonDivisor, 0);
    const period = findPeriod(wrr, weighted(wrr, list))!;
    expect(period.picks.length).toBe(divisor === 0 ? 1 : list.reduce((a, b) => a + b, 0) / divisor);
  });

  it("says so when there is none within the limit", () => {
    expect(findPeriod(wlc, weighted(wlc, [1, 2]), { lasting: Number.POSITIVE_INFINITY, limit: 50 })).toBeUndefined();
    expect(findPeriod(wlc, weighted(wlc, [1, 2]), { lasting: 3 })).toBeDefined();
  });

  it("counts the clients' turn as part of what repeats", () => {
    const requests = [1, 2, 3].map((i) => requestFrom(`10.1.0.${i}:40000`));
    expect(findPeriod(sh, weighted(sh, [1, 1]), { requests })!.picks).toHaveLength(3);
  });

  it("refuses a load that is none", () => {
    for (const lasting of [-1, 0.5, Number.NaN]) {
      expect(() => findPeriod(rr, weighted(rr, [1]), { lasting })).toThrow(RangeError);
    }
  });

  it("lets connections last as long as it says", () => {
    const servers = weighted(wlc, [1, 1, 1]);
    expect(findPeriod(wlc, servers, { lasting: 0 })!.picks).toHaveLength(1);
    // With one connection open the next goes elsewhere, and that is all that is ever open.
    expect(new Set(findPeriod(wlc, servers, { lasting: 1 })!.picks.map(({ id }) => id)).size).toBe(2);
  });
});

describe("fairness", () => {
  test.prop([weights])("wrr's shares are the weights'", (list) => {
    const total = list.reduce((a, b) => a + b, 0);
    const { servers, nobody } = fairness(wrr, weighted(wrr, list));
    expect(servers.map(({ share }) => share)).toEqual(list.map((weight) => fraction(weight, Math.max(1, total))));
    expect(formatFraction(nobody)).toBe(total === 0 ? "1" : "0");
  });

  test.prop([fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 12 })])(
    "runs, gaps and discrepancy are those of all windows of the repeated sequence",
    (order) => {
      const result = fairness(inOrder(order), weighted(inOrder(order), [1, 1, 1, 1]));
      const long = [...order, ...order, ...order];
      for (const { id, longestRun, longestGap } of result.servers) {
        const present = order.includes(id);
        const all = order.every((pick) => pick === id);
        expect(longestRun).toBe(all ? order.length : streak(long, id, true));
        expect(longestGap).toBe(present ? streak(long, id, false) : undefined);
      }
      expect(result.discrepancy).toEqual(worstWindow(order));
    },
  );

  it("takes a table's odds where there is one, and says what nobody takes", () => {
    const { basis, servers, nobody } = fairness(sh, weighted(sh, [1, 2, 0, 3]));
    expect(basis.kind).toBe("odds");
    const parts = [...servers.map(({ share }) => share), nobody];
    const sum = parts.reduce((total, { numerator, denominator }) => total + (numerator * 256n) / denominator, 0n);
    expect(sum).toBe(256n);
    expect(nobody.numerator).toBeGreaterThan(0n);
  });

  it("counts arrivals where nothing repeats", () => {
    const load = { lasting: Number.POSITIVE_INFINITY, arrivals: 60, limit: 100 };
    const { basis, servers } = fairness(wlc, weighted(wlc, [1, 2, 3]), load);
    expect(basis).toEqual({ kind: "arrivals", length: 60 });
    expect(servers.map(({ share }) => formatFraction(share))).toEqual(["1/6", "1/3", "1/2"]);
  });
});

describe("fairnessTable", () => {
  it("prints fractions as they are, or as decimals where nobody would read them", () => {
    const three = fairness(nginxRandomTwo, weighted(nginxRandomTwo, [1, 1, 1]));
    const lines = fairnessTable(three).split("\n");
    expect(lines.slice(2)).toEqual([
      "A       ≈ 0.333333333563  33.3%",
      "B       ≈ 0.333333333277  33.3%",
      "C       ≈ 0.333333333160  33.3%",
    ]);
    const exact = fairnessTable(fairness(sh, weighted(sh, [1, 2]))).split("\n");
    expect(exact.slice(2)).toEqual(["A       85/256   33.2%", "B       171/256  66.8%"]);
  });

  it("counts more arrivals than a function takes arguments", () => {
    const load = { lasting: 3, arrivals: 150_000, limit: 1 };
    expect(fairnessTable(fairness({ ...rr, choose: counting }, weighted(rr, [1]), load))).toContain("150000 arrivals");
  });

  /** Never in the same state again. */
  function counting(state: number): ReturnType<(typeof rr)["choose"]> {
    return { state: state + 1, index: 0, examined: 1 };
  }
});

describe("disturbance", () => {
  const clients = manyClients(2000);
  const ten = Array.from({ length: 10 }, () => 1);

  it("leaves everybody where he is when a server is quiesced, with one bucket each", () => {
    for (const scheduler of [sh, dh, mh] as Scheduler<unknown>[]) {
      const result = disturbance(scheduler, weighted(scheduler, ten), 4, "quiesced", clients);
      expect(result.refused).toEqual(result.had);
      expect([result.moved.numerator, result.elsewhere.numerator]).toEqual([0n, 0n]);
    }
  });

  it("is small for mh and large for sh when a server is removed", () => {
    const [few, many] = ([mh, sh] as Scheduler<unknown>[]).map(
      (scheduler) => disturbance(scheduler, weighted(scheduler, ten), 4, "removed", clients).moved,
    );
    expect(Number(few!.numerator) / Number(few!.denominator)).toBeLessThan(0.03);
    expect(Number(many!.numerator) / Number(many!.denominator)).toBeGreaterThan(0.7);
  });

  it("refuses nobody while others are there", () => {
    expect(disturbance(mh, weighted(mh, ten), 4, "removed", clients).refused.numerator).toBe(0n);
  });

  it("wants a server that is there", () => {
    expect(() => disturbance(mh, weighted(mh, [1]), 7)).toThrow(new RangeError("no server has the id 7"));
  });
});

describe("stepTable and stepSvg", () => {
  function lesson(scheduler: Scheduler<unknown>): Balance<unknown> {
    const balance = new Balance(scheduler, ["10.244.0.2:8080", { address: "[fd00::3]:8080", weight: 2 }]);
    for (let i = 0; i < 3; i++) balance.open();
    balance.remove("10.244.0.2:8080");
    balance.open();
    return balance;
  }

  it("tell picks and state, and once what stays the same", () => {
    expect(stepTable(lesson(wrr).steps)).toBe(
      [
        "A = 10.244.0.2:8080 weight 1",
        "B = [fd00::3]:8080 weight 2",
        "#  event     pick  examined  position  current weight  maximum weight  interval",
        "0  start                     head      1               2               1",
        "1  open      B     1         B         1               2               1",
        "2  open      A     1         A         1               2               1",
        "3  open      B     1         B         2               2               1",
        "4  remove A                  head      1               1               2",
        "5  open      B     1         B         1               1               2",
      ].join("\n"),
    );
  });

  it.each([rr, wrr, wlc, sh, mh, lblc] as Scheduler<unknown>[])("draw well-formed SVG, $name", (scheduler) => {
    const svg = stepSvg(lesson(scheduler).steps, { title: 'a < b & "c"', shown: ["from", "to", "connections"] });
    expect(unclosed(svg)).toEqual([]);
    expect(svg).toContain(">a &lt; b &amp; &quot;c&quot;</title>");
    expect(svg).toContain("prefers-color-scheme:dark");
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it.each([rr, wlc, sh])(
    "leave room for what stands above and beside the steps, $name",
    (scheduler: Scheduler<unknown>) => {
      const short = new Balance(scheduler, ["10.244.0.2:8080"]);
      short.open();
      const svg = stepSvg(short.steps, { title: "t" });
      const width = Number(/ width="(\d+)"/.exec(svg)![1]);
      const lines = [...svg.matchAll(/<text x="(\d+)"(?![^>]*middle)[^>]*>([^<]*)</g)];
      expect(lines.length).toBeGreaterThan(1);
      for (const [, x, content] of lines) expect(Number(x) + content!.length * 7.3).toBeLessThanOrEqual(width);
    },
  );

  it("draw an empty lesson, too", () => {
    const empty = new Balance(rr, []);
    expect(unclosed(stepSvg(empty.steps, { title: "nobody" }))).toEqual([]);
    expect(stepTable(empty.steps)).toContain("start");
  });
});

describe("fractions", () => {
  it("are in lowest terms, and percents rounded", () => {
    expect(fraction(0, 5)).toEqual({ numerator: 0n, denominator: 1n });
    expect(formatFraction(fraction(6, 4))).toBe("3/2");
    expect([fraction(1, 3), fraction(1, 2000), fraction(1, 1)].map(formatPercent)).toEqual(["33.3%", "0.1%", "100.0%"]);
    expect(() => fraction(1, 0)).toThrow(RangeError);
    expect([fraction(2, 3), fraction(1, 40), fraction(5, 1)].map((share) => formatDecimal(share, 3))).toEqual([
      "0.667",
      "0.025",
      "5.000",
    ]);
  });
});

function streak(picks: readonly number[], id: number, wanted: boolean): number {
  let [longest, now] = [0, 0];
  for (const pick of picks) {
    now = (pick === id) === wanted ? now + 1 : 0;
    longest = Math.max(longest, now);
  }
  return longest;
}

/** Over every window of the order, repeated: the largest distance of a server's picks from its share. */
function worstWindow(order: readonly number[]): ReturnType<typeof fraction> {
  const long = [...order, ...order];
  let worst = 0;
  for (const id of new Set(order)) {
    const total = order.filter((pick) => pick === id).length;
    for (let from = 0; from < order.length; from++) {
      for (let length = 1; length <= order.length; length++) {
        const got = long.slice(from, from + length).filter((pick) => pick === id).length;
        worst = Math.max(worst, Math.abs(got * order.length - length * total));
      }
    }
  }
  return fraction(worst, order.length);
}

/** Tags that are opened and not closed, or the other way round, in their order. */
function unclosed(svg: string): string[] {
  const open: string[] = [];
  for (const [, end, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (self === "/") continue;
    if (end === "/" && open.at(-1) === name) open.pop();
    else open.push(`${end}${name}`);
  }
  return open;
}
